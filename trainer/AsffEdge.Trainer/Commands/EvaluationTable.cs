using System.Globalization;
using AsffEdge.Trainer.Evaluation;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands;

/// <summary>Evaluations as tables of percentages, at most 100 columns wide.</summary>
internal static class EvaluationTable
{
    /// <summary>What the columns mean.</summary>
    public const string Legend =
        "AP, AR: COCO's, in percent; s, m, l: objects under 32², up to 96² and above 96² pixels; AR1, AR10:\n"
        + "with so many detections an image. VOC, VOC07: AP at IoU 0.5, as the area under the curve and over\n"
        + "11 recalls. P, R: precision and recall at IoU 0.5, at the score where their harmonic mean is\n"
        + "greatest. A dash: no object of that kind.";

    /// <summary>One row an input size.</summary>
    public static Table BySize(IEnumerable<ModelEvaluation> evaluations)
    {
        Table? table = null;
        foreach (ModelEvaluation evaluation in evaluations)
        {
            table ??= Create(
                "size",
                [
                    .. evaluation.Coco.Numbers.Select(number => number.Name),
                    "VOC",
                    "VOC07",
                    "P",
                    "R",
                    "score",
                ]
            );
            table.AddRow([
                evaluation.Size.ToString(CultureInfo.InvariantCulture),
                .. evaluation.Coco.Numbers.Select(number => Percent(number.Value)),
                Percent(evaluation.Voc.AP50),
                Percent(evaluation.Voc.AP50ElevenPoints),
                .. Point(evaluation.Coco.BestPoint()),
            ]);
        }

        return table ?? new Table();
    }

    /// <summary>One row a class.</summary>
    public static Table ByClass(ModelEvaluation evaluation, IReadOnlyList<string> labels)
    {
        Table table = Create(
            $"at {evaluation.Size}",
            ["objects", "AP", "AP50", "VOC", "VOC07", "P", "R", "score"]
        );
        table.Columns[0].Alignment(Justify.Left);
        for (int classId = 0; classId < labels.Count; classId++)
        {
            ClassResult coco = evaluation.Coco.Classes[classId];
            VocClassResult voc = evaluation.Voc.Classes[classId];
            table.AddRow([
                Markup.Escape(labels[classId]),
                coco.Objects.ToString(CultureInfo.InvariantCulture),
                Percent(coco.AP),
                Percent(coco.AP50),
                Percent(voc.AP50),
                Percent(voc.AP50ElevenPoints),
                .. Point(coco.Curve?.Best()),
            ]);
        }

        return table;
    }

    private static Table Create(string first, IEnumerable<string> others)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in others.Prepend(first))
        {
            table.AddColumn(
                new TableColumn(heading).RightAligned().NoWrap().PadLeft(0).PadRight(0)
            );
        }

        return table;
    }

    private static string[] Point(OperatingPoint? point) =>
        point is { } best
            ?
            [
                Percent(best.Precision),
                Percent(best.Recall),
                best.Score.ToString("F2", CultureInfo.InvariantCulture),
            ]
            : ["–", "–", "–"];

    // "100" and not "100.0", so that no column is wider than its heading.
    private static string Percent(double? value) =>
        value switch
        {
            null or < 0 => "–",
            >= 0.9995 => "100",
            _ => (100 * value.Value).ToString("F1", CultureInfo.InvariantCulture),
        };
}
