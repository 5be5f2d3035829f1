using AsffEdge.Trainer.Evaluation;
using ScottPlot;
using ScottPlot.Plottables;

namespace AsffEdge.Trainer.Visualization;

/// <summary>Precision against recall at IoU 0.5 of two models, one colour an input size: the old model dashed, the new one solid.</summary>
internal static class PrecisionRecallPicture
{
    private const int Width = 720;
    private const int Height = 480;
    private const string Font = "DejaVu Sans";

    /// <summary>Draws the curves.</summary>
    /// <param name="curves">By input size: its name and the two curves; null where a model found nothing.</param>
    /// <returns>A PNG file's bytes.</returns>
    public static byte[] Draw(
        IReadOnlyList<(string Size, PrecisionRecall? Old, PrecisionRecall? New)> curves
    )
    {
        using var plot = new Plot();
        var palette = new ScottPlot.Palettes.Category10();
        for (int size = 0; size < curves.Count; size++)
        {
            Add(plot, curves[size].Old, palette.GetColor(size), isNew: false, curves[size].Size);
            Add(plot, curves[size].New, palette.GetColor(size), isNew: true, curves[size].Size);
        }

        plot.Title("Precision and recall at IoU 0.5", size: 14);
        plot.XLabel("recall", size: 12);
        plot.YLabel("precision", size: 12);
        plot.Font.Set(Font);
        plot.Axes.SetLimits(0, 1.01, 0, 1.02);
        plot.ShowLegend(Alignment.LowerLeft);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }

    private static void Add(
        Plot plot,
        PrecisionRecall? curve,
        Color colour,
        bool isNew,
        string size
    )
    {
        if (curve is null)
        {
            return;
        }

        Scatter line = plot.Add.ScatterLine(curve.Recall, curve.Precision);
        line.Color = colour;
        line.LineWidth = isNew ? 2 : 1.5f;
        line.LinePattern = isNew ? LinePattern.Solid : LinePattern.Dashed;
        line.LegendText = $"{(isNew ? "new" : "old")}, {size}";
    }
}
