using System.CommandLine;
using AsffEdge.Trainer.Footage;

namespace AsffEdge.Trainer.Commands.Datasets;

/// <summary><c>asff-train dataset import</c>: what a person corrected comes home.</summary>
internal static class ImportCorrectionsCommand
{
    private const int ListedConflicts = 50;

    public static Command Create()
    {
        Argument<DirectoryInfo> dataset = DatasetOptions.Input();
        Option<DirectoryInfo> output = DatasetOptions.Output();
        var corrected = new Argument<FileInfo>("corrected")
        {
            Description = "COCO annotations from the tool: a JSON file, or a zip that holds one.",
        };
        var exported = new Option<FileInfo>("--exported")
        {
            Description = "The file that 'dataset export' made.",
            Required = true,
        };
        var skip = new Option<bool>("--skip-conflicts")
        {
            Description = "Take everything else; pictures with a conflict stay as they are.",
        };
        var command = new Command(
            "import",
            """
            Take over what a person corrected in CVAT or Label Studio (exported there as COCO). Pictures that came back count as corrected, also those that were right; no teacher changes them any more.
            Conflicts are listed, and nothing is written: pictures changed on both sides, unknown pictures and classes, boxes outside of their picture.

            Example: asff-train dataset import data/v1 corrected.zip --exported v1.zip --out data/v2
            """
        )
        {
            dataset,
            corrected,
            exported,
            skip,
            output,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                    Run(
                        DatasetFolder.Open(parsed.GetRequiredValue(dataset).FullName),
                        parsed.GetRequiredValue(corrected).FullName,
                        parsed.GetRequiredValue(exported).FullName,
                        parsed.GetValue(skip),
                        DatasetOptions.Fresh(parsed.GetRequiredValue(output)),
                        parsed.InvocationConfiguration
                    )
            )
        );
        return command;
    }

    private static int Run(
        DatasetFolder dataset,
        string corrected,
        string exported,
        bool skipConflicts,
        string output,
        InvocationConfiguration console
    )
    {
        var merge = new CorrectionMerge(dataset);
        IReadOnlyList<DatasetItem> merged = merge.Merge(
            AnnotationExchange.Read(exported),
            AnnotationExchange.Read(corrected)
        );
        TextWriter conflicts = skipConflicts ? console.Output : console.Error;
        foreach (string conflict in merge.Conflicts.Take(ListedConflicts))
        {
            conflicts.WriteLine(conflict);
        }

        if (merge.Conflicts.Count > ListedConflicts)
        {
            conflicts.WriteLine($"… and {merge.Conflicts.Count - ListedConflicts} more");
        }

        if (merge.Conflicts.Count > 0 && !skipConflicts)
        {
            conflicts.WriteLine(
                $"{merge.Conflicts.Count} conflicts: nothing was written; --skip-conflicts takes everything else"
            );
            return 1;
        }

        if (merge.Turned > 0)
        {
            console.Output.WriteLine(
                $"warning: {merge.Turned} boxes are rotated; the upright boxes around them were taken, as a detector's boxes are"
            );
        }

        dataset.WriteVersion(
            output,
            dataset.Manifest with
            {
                MadeBy = "import",
                Parent = dataset.Sha256,
                Teacher = null,
            },
            () => merged
        );
        console.Output.WriteLine(
            $"{output}: {merge.Corrected} images corrected, {merge.Confirmed} confirmed as they were, {merge.Conflicts.Count} conflicts; manifest {DatasetFolder.HashOf(output)}"
        );
        return 0;
    }
}
