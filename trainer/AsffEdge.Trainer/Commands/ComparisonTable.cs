using System.Globalization;
using AsffEdge.Trainer.Commands.Datasets;
using AsffEdge.Trainer.Comparison;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands;

/// <summary>A comparison as tables, at most 100 columns wide.</summary>
internal static class ComparisonTable
{
    /// <summary>Shows figures, speeds, changes and the verdict.</summary>
    public static void Show(IAnsiConsole console, ComparisonReport report)
    {
        Table figures = DatasetTables.Create(
            "AP, %",
            "objects",
            "old",
            "new",
            "difference",
            "95 % interval"
        );
        foreach (ComparedFigure one in report.Figures)
        {
            figures.AddRow(
                Markup.Escape(one.Group == "overall" ? "all" : $"{one.Group} {one.Name}"),
                one.Objects.ToString("N0", CultureInfo.InvariantCulture),
                Percent(one.Old, "F1"),
                Percent(one.New, "F1"),
                Percent(one.Difference, "+0.0;−0.0;0.0"),
                $"{Percent(one.Low, "+0.0;−0.0;0.0")} to {Percent(one.High, "+0.0;−0.0;0.0")}"
            );
        }

        console.Write(figures);
        Table speeds = DatasetTables.Create(
            "ms a picture",
            "old",
            "95 %",
            "new",
            "95 %",
            "new/old"
        );
        foreach (ComparedSpeed one in report.Speeds)
        {
            speeds.AddRow([
                $"size {one.Size}",
                .. (
                    (double[])[one.OldMedianMs, one.OldP95Ms, one.NewMedianMs, one.NewP95Ms]
                ).Select(time => time.ToString("F1", CultureInfo.InvariantCulture)),
                (one.NewMedianMs / one.OldMedianMs).ToString("F2", CultureInfo.InvariantCulture),
            ]);
        }

        console.Write(speeds);
        ChangeCounts changes = report.Changes;
        console.WriteLine(
            $"at {report.ChangesAt}, each at its own threshold: {changes.FoundNow} objects found now, {changes.LostNow} lost now, {changes.FalseNow} new false alarms, {changes.FalseGone} gone"
        );
        console.WriteLine(
            $"{report.New.Name} {report.New.Version} is {report.Verdict} than {report.Old.Name} {report.Old.Version}".Replace(
                "equal than",
                "equal to",
                StringComparison.Ordinal
            ) + $" ({report.Rule})"
        );
    }

    private static string Percent(double? value, string format) =>
        value is { } share ? (100 * share).ToString(format, CultureInfo.InvariantCulture) : "–";
}
