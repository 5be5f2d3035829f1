using AsffEdge.Trainer.Footage;
using ScottPlot;

namespace AsffEdge.Trainer.Visualization;

/// <summary>A data set's counts as bars: objects by class and size, pictures by camera, pictures and objects by hour.</summary>
internal static class StatisticsPicture
{
    private const int PanelWidth = 560;
    private const int PanelHeight = 320;
    private const int MaxLabelled = 24;
    private const string Font = "DejaVu Sans";

    /// <summary>Draws the counts.</summary>
    /// <returns>A PNG file's bytes.</returns>
    public static byte[] Draw(DatasetStatistics statistics)
    {
        var multiplot = new Multiplot();
        multiplot.AddPlots(4);
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Grid(2, 2);
        Fill(
            multiplot.GetPlot(0),
            "objects by class and size",
            [.. statistics.Classes.Select(one => one.Name)],
            [
                ("small (under 32²)", [.. statistics.Classes.Select(one => one.Small)]),
                ("medium", [.. statistics.Classes.Select(one => one.Medium)]),
                ("large (above 96²)", [.. statistics.Classes.Select(one => one.Large)]),
            ]
        );
        Fill(
            multiplot.GetPlot(1),
            "pictures by camera",
            [.. statistics.Cameras.Select(one => one.Camera)],
            [
                ("to train on", [.. statistics.Cameras.Select(one => one.Train)]),
                ("held out", [.. statistics.Cameras.Select(one => one.Validation)]),
            ]
        );
        string[] hours = [.. statistics.Hours.Select(one => $"{one.Hour}")];
        Fill(
            multiplot.GetPlot(2),
            "pictures by hour (UTC)",
            hours,
            [("pictures", [.. statistics.Hours.Select(one => one.Images)])]
        );
        Fill(
            multiplot.GetPlot(3),
            "objects by hour (UTC)",
            hours,
            [("objects", [.. statistics.Hours.Select(one => one.Objects)])]
        );
        using Image image = multiplot.Render(2 * PanelWidth, 2 * PanelHeight);
        return image.GetImageBytes(ImageFormat.Png);
    }

    // Bars of one place stand on one another.
    private static void Fill(
        Plot plot,
        string title,
        string[] names,
        (string Name, int[] Counts)[] series
    )
    {
        var palette = new ScottPlot.Palettes.Category10();
        double[] below = new double[names.Length];
        for (int one = 0; one < series.Length; one++)
        {
            var bars = new Bar[names.Length];
            for (int place = 0; place < names.Length; place++)
            {
                bars[place] = new Bar
                {
                    Position = place,
                    ValueBase = below[place],
                    Value = below[place] + series[one].Counts[place],
                    FillColor = palette.GetColor(one),
                    LineWidth = 0,
                };
                below[place] = bars[place].Value;
            }

            plot.Add.Bars(bars).LegendText = series.Length > 1 ? series[one].Name : "";
        }

        int step = 1 + ((names.Length - 1) / MaxLabelled);
        int[] shown = [.. Enumerable.Range(0, names.Length).Where(place => place % step == 0)];
        plot.Axes.Bottom.SetTicks(
            [.. shown.Select(place => (double)place)],
            [.. shown.Select(place => names[place])]
        );
        if (names.Length > 6 && names.Max(name => name.Length) > 2)
        {
            plot.Axes.Bottom.TickLabelStyle.Rotation = 45;
            plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.UpperLeft;
            plot.Axes.Bottom.MinimumSize = 90;
        }

        plot.Title(title, size: 14);
        plot.Font.Set(Font);
        plot.HideGrid();
        plot.Axes.Margins(bottom: 0, top: 0.15);
        if (series.Length > 1)
        {
            plot.ShowLegend(Alignment.UpperRight);
        }
        else
        {
            plot.HideLegend();
        }
    }
}
