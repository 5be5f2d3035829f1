using System.Globalization;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>
/// Judges whether a process takes more and more. A line is fitted through what was sampled after the warm-up (Theil and Sen: the median of the
/// slopes of all pairs, which peaks do not move); what it rises by from first to last sample must stay within a bound, however long that was.
/// </summary>
internal static class LeakCheck
{
    private const double WarmUp = 0.4; // of the samples
    private const int LeastSamples = 8;

    /// <summary>What is judged, its unit, and how much of it may come to a run.</summary>
    public static readonly IReadOnlyList<(
        string Name,
        Func<ProcessSample, double> Value,
        double MayRise
    )> Judged =
    [
        ("memory, MiB", sample => sample.ResidentMb, 12),
        ("descriptors", sample => sample.Descriptors, 6),
        ("threads", sample => sample.Threads, 2),
        // Their number is the runtime's affair: it adds some where work waits, and lets those go that had none for 20 s.
        ("pool threads", sample => sample.PoolThreads, 10),
        ("children", sample => sample.Children, 1),
    ];

    /// <summary>The samples that count.</summary>
    public static IReadOnlyList<ProcessSample> Settled(IReadOnlyList<ProcessSample> samples) =>
        [.. samples.Skip((int)(samples.Count * WarmUp))];

    /// <summary>What rises too much, one sentence each; empty: nothing.</summary>
    public static IReadOnlyList<string> Find(IReadOnlyList<ProcessSample> samples)
    {
        IReadOnlyList<ProcessSample> settled = Settled(samples);
        Assert.True(
            settled.Count >= LeastSamples,
            $"{settled.Count} samples after the warm-up are too few to judge by; {LeastSamples} are needed"
        );
        return
        [
            .. Judged
                .Select(judged => (judged.Name, judged.MayRise, Rise: Rise(settled, judged.Value)))
                .Where(found => found.Rise > found.MayRise)
                .Select(found =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{found.Name}: up by {found.Rise:0.0} in {settled[^1].Seconds - settled[0].Seconds:0} s, of which {found.MayRise:0} may be chance"
                    )
                ),
        ];
    }

    /// <summary>What the fitted line rises by from the first sample to the last.</summary>
    public static double Rise(
        IReadOnlyList<ProcessSample> samples,
        Func<ProcessSample, double> value
    )
    {
        List<double> slopes = [];
        for (int i = 0; i < samples.Count; i++)
        {
            for (int j = i + 1; j < samples.Count; j++)
            {
                slopes.Add(
                    (value(samples[j]) - value(samples[i]))
                        / (samples[j].Seconds - samples[i].Seconds)
                );
            }
        }

        slopes.Sort();
        return slopes[slopes.Count / 2] * (samples[^1].Seconds - samples[0].Seconds);
    }
}
