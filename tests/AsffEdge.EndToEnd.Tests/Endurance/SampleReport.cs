using System.Globalization;
using System.Text;
using ScottPlot;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>Samples as a table that fits a terminal, as a file of comma-separated values and as a picture.</summary>
internal static class SampleReport
{
    private const int Rows = 12;

    /// <summary>Writes <c>NAME.csv</c> and <c>NAME.png</c> into the checkout's <c>artifacts</c>.</summary>
    /// <returns>The table, and where the files are.</returns>
    public static string Write(string name, string counted, IReadOnlyList<ProcessSample> samples)
    {
        string folder = Directory
            .CreateDirectory(Path.Combine(Repository.Root, "artifacts"))
            .FullName;
        string csv = Path.Combine(folder, $"{name}.csv");
        File.WriteAllLines(
            csv,
            [
                $"seconds,{counted},resident_mb,descriptors,threads,pool_threads,children",
                .. samples.Select(sample =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{sample.Seconds:0.0},{sample.Done},{sample.ResidentMb:0.0},{sample.Descriptors},{sample.Threads},{sample.PoolThreads},{sample.Children}"
                    )
                ),
            ]
        );
        string picture = Path.Combine(folder, $"{name}.png");
        Draw(name, samples, picture);
        return $"{Table(counted, samples)}{csv}\n{picture}";
    }

    /// <summary>A sample as a line of the table.</summary>
    public static string Line(ProcessSample sample) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{sample.Seconds, 9:0} {sample.Done, 12} {sample.ResidentMb, 11:0.0} {sample.Descriptors, 12} {sample.Threads, 8} {sample.PoolThreads, 5} {sample.Children, 9}"
        );

    private static string Table(string counted, IReadOnlyList<ProcessSample> samples)
    {
        StringBuilder table = new();
        table.AppendLine(
            CultureInfo.InvariantCulture,
            $"  seconds {counted, 12}  memory MiB  descriptors  threads  pool  children"
        );
        int step = Math.Max(1, (samples.Count - 1) / Rows);
        for (int i = 0; i < samples.Count; i += step)
        {
            ProcessSample sample = samples[i];
            table.AppendLine(Line(sample));
        }

        IReadOnlyList<ProcessSample> settled = LeakCheck.Settled(samples);
        table.AppendLine(
            "rise after the warm-up: "
                + string.Join(
                    ", ",
                    LeakCheck.Judged.Select(judged =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{judged.Name} {LeakCheck.Rise(settled, judged.Value):0.0} (may be {judged.MayRise:0})"
                        )
                    )
                )
        );
        return table.ToString();
    }

    private static void Draw(string name, IReadOnlyList<ProcessSample> samples, string file)
    {
        double[] seconds = [.. samples.Select(sample => sample.Seconds)];
        Multiplot rows = new();
        rows.AddPlots(LeakCheck.Judged.Count);
        for (int i = 0; i < LeakCheck.Judged.Count; i++)
        {
            (string what, Func<ProcessSample, double> value, _) = LeakCheck.Judged[i];
            Plot plot = rows.GetPlot(i);
            plot.Add.ScatterLine(seconds, [.. samples.Select(value)]);
            plot.Axes.SetLimitsY(0, Math.Max(1, samples.Max(value) * 1.2));
            plot.YLabel(what);
        }

        rows.GetPlot(0).Title(name);
        rows.GetPlot(LeakCheck.Judged.Count - 1).XLabel("seconds");
        rows.SavePng(file, 900, 250 * LeakCheck.Judged.Count);
    }
}
