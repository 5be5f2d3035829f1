using System.CommandLine;
using System.Globalization;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Visualization;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands.Datasets;

/// <summary><c>asff-train dataset stats</c>: what a data set holds.</summary>
internal static class StatsCommand
{
    private const int BarWidth = 40;

    public static Command Create()
    {
        Argument<DirectoryInfo> dataset = DatasetOptions.Input();
        var plot = new Option<FileInfo?>("--plot")
        {
            Description = "Draw the counts into this PNG file.",
        };
        var json = new Option<FileInfo?>("--json")
        {
            Description = "Write the counts to this file as JSON.",
        };
        var command = new Command(
            "stats",
            """
            Show what a data set holds: objects by class and size, pictures by camera, by hour, by what chose them, and who labelled them.

            Example: asff-train dataset stats data/v1 --plot v1.png
            """
        )
        {
            dataset,
            plot,
            json,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    FileInfo? picture = parsed.GetValue(plot);
                    FileInfo? report = parsed.GetValue(json);
                    CommandErrors.RequireWritable([], picture, report);
                    var folder = DatasetFolder.Open(parsed.GetRequiredValue(dataset).FullName);
                    var statistics = DatasetStatistics.Of(folder);
                    Show(WorkProgress.Open(parsed.InvocationConfiguration.Output), statistics);
                    if (report is not null)
                    {
                        statistics.Write(report.FullName);
                    }

                    if (picture is not null)
                    {
                        byte[] image = StatisticsPicture.Draw(statistics);
                        AtomicFile.Write(picture.FullName, stream => stream.Write(image));
                    }

                    return 0;
                }
            )
        );
        return command;
    }

    private static void Show(IAnsiConsole console, DatasetStatistics statistics)
    {
        Table classes = DatasetTables.Create("class", "objects", "small", "medium", "large");
        foreach (ClassStatistics one in statistics.Classes)
        {
            DatasetTables.Row(classes, one.Name, one.Objects, one.Small, one.Medium, one.Large);
        }

        Table cameras = DatasetTables.Create(
            "camera",
            "train",
            "held out",
            "objects",
            "from",
            "to"
        );
        foreach (CameraStatistics one in statistics.Cameras)
        {
            cameras.AddRow(
                Markup.Escape(one.Camera),
                Number(one.Train),
                Number(one.Validation),
                Number(one.Objects),
                Time(one.From),
                Time(one.To)
            );
        }

        Table hours = DatasetTables.Create("hour (UTC)", "images", "objects", "");
        hours.Columns[3].Alignment(Justify.Left);
        int most = Math.Max(1, statistics.Hours.Max(one => one.Images));
        foreach (HourStatistics one in statistics.Hours.Where(one => one.Images > 0))
        {
            hours.AddRow(
                $"{one.Hour:D2}",
                Number(one.Images),
                Number(one.Objects),
                new string('▇', Math.Max(1, one.Images * BarWidth / most))
            );
        }

        Table policies = DatasetTables.Create("chosen by", "images");
        foreach ((string policy, int images) in statistics.Policies)
        {
            DatasetTables.Row(policies, policy, images);
        }

        Table sources = DatasetTables.Create("labelled by", "objects");
        DatasetTables.Row(sources, "the devices' models", statistics.Sources.Model);
        DatasetTables.Row(sources, "a teacher", statistics.Sources.Teacher);
        DatasetTables.Row(sources, "a person", statistics.Sources.Human);
        foreach (Table table in (Table[])[classes, cameras, hours, policies, sources])
        {
            console.Write(table);
        }

        console.WriteLine(
            $"{Number(statistics.Sources.ReviewedImages)} images corrected by a person; small: under 32² pixels, large: above 96²"
        );
        console.WriteLine($"manifest {statistics.Manifest}");
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTime time) =>
        time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
