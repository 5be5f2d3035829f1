using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Trainer.Benchmarking;

/// <summary>What <c>asff-train benchmark</c> measured: the speed column of the paper's Table 4, for this machine.</summary>
/// <param name="Cores">Processors of the machine.</param>
/// <param name="Threads">Threads of one run.</param>
/// <param name="Classes">Classes of the networks.</param>
/// <param name="BackboneWidth">Multiplier of the backbone's channels.</param>
/// <param name="NeckWidth">Multiplier of the channels of neck, fusion and heads.</param>
/// <param name="Half">Whether half precision was measured, and why not.</param>
/// <param name="Figures">By size, network and runtime.</param>
internal sealed record SpeedReport(
    int Cores,
    int Threads,
    int Classes,
    double BackboneWidth,
    double NeckWidth,
    string Half,
    IReadOnlyList<SpeedFigure> Figures
)
{
    private const int ColumnWidth = 27;

    /// <summary>As indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SpeedJson.Default.SpeedReport);

    /// <summary>As text of at most 100 columns: a table for each precision, a row for each size and network, columns for each runtime.</summary>
    public string ToText()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine(
            $"Network only, batch 1, {Classes} classes, random weights, {Threads} of {Cores} cores; networks and runtimes in turns."
        );
        if (BackboneWidth != 1 || NeckWidth != 1)
        {
            text.WriteLine($"Width: backbone × {BackboneWidth}, neck × {NeckWidth}.");
        }

        foreach (IGrouping<bool, SpeedFigure> precision in Figures.GroupBy(IsHalf))
        {
            text.WriteLine();
            WriteTable(text, [.. precision]);
        }

        text.WriteLine();
        int[] runs = [.. Figures.Select(figure => figure.Runs)];
        text.WriteLine(
            $"ms: median of {(runs.Min() == runs.Max() ? $"{runs.Min()}" : $"{runs.Min()} to {runs.Max()}")} runs. Over: time beyond the same backbone without fusion."
        );
        text.WriteLine($"Half precision: {Half}.");
        return text.ToString();
    }

    private static bool IsHalf(SpeedFigure figure) => figure.Precision != "fp32";

    private static void WriteTable(TextWriter text, SpeedFigure[] figures)
    {
        string[] runtimes =
        [
            .. figures.Select(figure => $"{figure.Runtime}, {figure.Precision}").Distinct(),
        ];
        int name = Math.Max(7, figures.Max(figure => figure.Network.Length));
        string indent = new(' ', 6 + name);
        text.WriteLine(
            (
                indent + string.Concat(runtimes.Select(runtime => $"  {runtime, -ColumnWidth + 2}"))
            ).TrimEnd()
        );
        text.WriteLine(
            $"size  {"network".PadRight(name)}"
                + string.Concat(runtimes.Select(_ => $"{"ms", 10}{"FPS", 8}{"over", 9}"))
        );
        foreach (
            IGrouping<(int Size, string Network), SpeedFigure> row in figures.GroupBy(figure =>
                (figure.Size, figure.Network)
            )
        )
        {
            text.Write($"{row.Key.Size, 4}  {row.Key.Network.PadRight(name)}");
            foreach (SpeedFigure figure in row)
            {
                string over = figure.OverBaseline is { } share
                    ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:+0.0;-0.0} %")
                    : "–";
                text.Write($"{figure.Milliseconds, 10:F1}{figure.Fps, 8:F1}{over, 9}");
            }

            text.WriteLine();
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(SpeedReport))]
internal sealed partial class SpeedJson : JsonSerializerContext;
