using System.CommandLine;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Commands.Datasets;

/// <summary><c>asff-train dataset export</c>: pictures and labels for an annotation tool.</summary>
internal static class ExportAnnotationsCommand
{
    public static Command Create()
    {
        Argument<DirectoryInfo> dataset = DatasetOptions.Input();
        var output = new Option<FileInfo>("--out")
        {
            Description =
                "A .zip with pictures and annotations (CVAT's \"COCO 1.0\"), or a .json with the annotations alone.",
            Required = true,
        };
        var command = new Command(
            "export",
            """
            Hand a data set to an annotation tool. Keep the file: import compares what comes back with it.

            CVAT: make a task of the zip's pictures, then upload the zip as annotations, "COCO 1.0".
            Label Studio: label-studio-converter import coco -i annotations/instances_default.json -o tasks.json

            Example: asff-train dataset export data/v1 --out v1.zip
            """
        )
        {
            dataset,
            output,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    FileInfo file = parsed.GetRequiredValue(output);
                    bool isZip = file.Extension.Equals(".zip", StringComparison.OrdinalIgnoreCase);
                    if (
                        !isZip
                        && !file.Extension.Equals(".json", StringComparison.OrdinalIgnoreCase)
                    )
                    {
                        throw new ConfigurationException(
                            $"--out {file}: allowed: a name that ends in .zip or .json"
                        );
                    }

                    CommandErrors.RequireWritable([], file);
                    var folder = DatasetFolder.Open(parsed.GetRequiredValue(dataset).FullName);
                    TextWriter writer = parsed.InvocationConfiguration.Output;
                    if (isZip)
                    {
                        WorkProgress.Run(
                            WorkProgress.Open(writer),
                            [file.Name],
                            onProgress =>
                            {
                                AnnotationExchange.WriteZip(
                                    folder,
                                    file.FullName,
                                    share => onProgress(0, share)
                                );
                                return true;
                            }
                        );
                    }
                    else
                    {
                        AnnotationExchange.ToCoco(folder).Write(file.FullName);
                    }

                    writer.WriteLine(
                        $"{file}: {folder.Items.Count} images, {folder.Items.Sum(item => item.Annotations.Count)} objects"
                    );
                    return 0;
                }
            )
        );
        return command;
    }
}
