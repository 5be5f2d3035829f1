using System.Globalization;
using AsffEdge.Trainer.Logging;
using ScottPlot;
using ScottPlot.Plottables;

namespace AsffEdge.Trainer.Visualization;

/// <summary>The curves of one or several trainings over one another: loss and its terms, learning rate, precision on the validation set.</summary>
internal static class CurvesPicture
{
    private const int PanelWidth = 560;
    private const int PanelHeight = 300;
    private const int PanelColumns = 2;

    // Loss terms fall by orders of magnitude in the first epochs; what comes later would be one flat line.
    private const double LogarithmicFrom = 8;
    private const string Font = "DejaVu Sans";

    // Above this many epochs markers would run into a thick line.
    private const int MaxMarkers = 60;

    /// <summary>What a panel shows: its title, its columns (the first drawn solid, the second dashed).</summary>
    private static readonly (string Title, string[] Columns)[] AllPanels =
    [
        ("loss", ["total"]),
        ("anchor guidance: 1 − IoU² of the shapes", ["anchor"]),
        ("box: 1 − IoU²", ["iou"]),
        ("box: offsets and log sizes", ["l1"]),
        ("objectness", ["objectness"]),
        ("class", ["class"]),
        ("learning rate", ["learning_rate"]),
        ("validation: AP (solid), AP50 (dashed)", ["ap", "ap50"]),
    ];

    /// <summary>Draws the runs. Panels that no run has values for are left out.</summary>
    /// <param name="runs">At least one.</param>
    /// <returns>A PNG file's bytes.</returns>
    /// <exception cref="InvalidDataException">No run has a value for any panel; the message names the files.</exception>
    public static byte[] Draw(IReadOnlyList<LoggedRun> runs)
    {
        (string Title, string[] Columns)[] panels =
        [
            .. AllPanels.Where(panel =>
                runs.Any(run => panel.Columns.Any(column => Curve(run, column).Length > 0))
            ),
        ];
        if (panels.Length == 0)
        {
            throw new InvalidDataException(
                $"{string.Join(", ", runs.Select(run => run.Path))}: no curve to draw; expected columns such as total, learning_rate, ap"
            );
        }

        var multiplot = new Multiplot();
        multiplot.AddPlots(panels.Length);
        int rows = (panels.Length + PanelColumns - 1) / PanelColumns;
        int columns = Math.Min(PanelColumns, panels.Length);
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Grid(rows, columns);
        for (int panel = 0; panel < panels.Length; panel++)
        {
            Fill(multiplot.GetPlot(panel), panels[panel].Title, panels[panel].Columns, runs);
        }

        multiplot.GetPlot(0).ShowLegend(Alignment.UpperRight);
        using Image image = multiplot.Render(columns * PanelWidth, rows * PanelHeight);
        return image.GetImageBytes(ImageFormat.Png);
    }

    private static void Fill(
        Plot plot,
        string title,
        string[] columns,
        IReadOnlyList<LoggedRun> runs
    )
    {
        double[] values =
        [
            .. runs.SelectMany(run => columns.SelectMany(column => Curve(run, column)))
                .Select(point => point.Y),
        ];
        bool logarithmic =
            columns[0] != "learning_rate"
            && values.Min() > 0
            && values.Max() / values.Min() > LogarithmicFrom;
        plot.Title(logarithmic ? $"{title} (logarithmic)" : title, size: 14);
        plot.XLabel("epoch", size: 12);
        plot.Axes.Left.MinimumSize = 60;
        for (int run = 0; run < runs.Count; run++)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                Coordinates[] curve = Curve(runs[run], columns[column]);
                if (curve.Length > 0)
                {
                    AddLine(plot, runs, run, column, curve, logarithmic);
                }
            }
        }

        plot.HideLegend();
        plot.Font.Set(Font);
        plot.Axes.AutoScale();
        if (logarithmic)
        {
            SetLogarithmicTicks(plot, values.Min(), values.Max());
        }
        else
        {
            // Losses and precisions are judged by their distance to zero.
            plot.Axes.SetLimitsY(0, values.Max() > 0 ? 1.05 * values.Max() : 1);
        }
    }

    private static void AddLine(
        Plot plot,
        IReadOnlyList<LoggedRun> runs,
        int run,
        int column,
        Coordinates[] curve,
        bool logarithmic
    )
    {
        Scatter line = plot.Add.Scatter(
            logarithmic
                ? [.. curve.Select(point => new Coordinates(point.X, Math.Log10(point.Y)))]
                : curve
        );
        line.Color = new ScottPlot.Palettes.Category10().GetColor(run);
        line.LineWidth = 1.5f;
        line.LinePattern = column == 0 ? LinePattern.Solid : LinePattern.Dashed;
        line.MarkerSize = curve.Length <= MaxMarkers ? 4 : 0;
        line.LegendText = column == 0 ? runs[run].Name : "";
    }

    /// <summary>Labels at 1, 2 and 5 times the powers of ten; the axis itself holds decimal logarithms.</summary>
    private static void SetLogarithmicTicks(Plot plot, double least, double most)
    {
        double[] ticks =
        [
            .. Enumerable
                .Range(-12, 24)
                .SelectMany(power =>
                    new double[] { 1, 2, 5 }.Select(digit => digit * Math.Pow(10, power))
                )
                .Where(tick => tick >= 0.7 * least && tick <= 1.4 * most),
        ];
        plot.Axes.Left.SetTicks(
            [.. ticks.Select(Math.Log10)],
            [.. ticks.Select(tick => tick.ToString("G4", CultureInfo.InvariantCulture))]
        );
    }

    private static Coordinates[] Curve(LoggedRun run, string column) =>
        run.Columns.TryGetValue(column, out double[]? values)
            ?
            [
                .. run
                    .Epochs.Zip(values, (epoch, value) => new Coordinates(epoch, value))
                    .Where(point => double.IsFinite(point.Y)),
            ]
            : [];
}
