using System.CommandLine;
using AsffEdge.Trainer.Footage;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands.Datasets;

/// <summary><c>asff-train dataset diff</c>: what differs between two versions.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var before = new Argument<DirectoryInfo>("before") { Description = "A data set's folder." };
        var after = new Argument<DirectoryInfo>("after") { Description = "Another version of it." };
        var json = new Option<FileInfo?>("--json")
        {
            Description = "Write the differences to this file as JSON.",
        };
        var command = new Command(
            "diff",
            """
            Show what differs between two versions of a data set: pictures by name, objects by class.

            Example: asff-train dataset diff data/v1 data/v2
            """
        )
        {
            before,
            after,
            json,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    FileInfo? report = parsed.GetValue(json);
                    CommandErrors.RequireWritable([], report);
                    var difference = DatasetDifference.Of(
                        DatasetFolder.Open(parsed.GetRequiredValue(before).FullName),
                        DatasetFolder.Open(parsed.GetRequiredValue(after).FullName)
                    );
                    Show(WorkProgress.Open(parsed.InvocationConfiguration.Output), difference);
                    if (report is not null)
                    {
                        difference.Write(report.FullName);
                    }

                    return 0;
                }
            )
        );
        return command;
    }

    private static void Show(IAnsiConsole console, DatasetDifference difference)
    {
        Table images = DatasetTables.Create("", "images");
        DatasetTables.Row(images, "added", difference.ImagesAdded);
        DatasetTables.Row(images, "removed", difference.ImagesRemoved);
        DatasetTables.Row(images, "in another part", difference.ImagesMoved);
        DatasetTables.Row(images, "with other objects", difference.ImagesRelabelled);
        console.Write(images);
        Table classes = DatasetTables.Create("objects", "added", "removed", "changed", "same");
        foreach (ClassDifference one in difference.Classes)
        {
            DatasetTables.Row(classes, one.Name, one.Added, one.Removed, one.Changed, one.Same);
        }

        console.Write(classes);
    }
}
