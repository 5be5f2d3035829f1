using System.CommandLine;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Optimization;
using AsffEdge.Trainer.Prediction;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands.Datasets;

/// <summary><c>asff-train dataset label</c>: a teacher's labels in place of the devices'.</summary>
internal static class LabelCommand
{
    public static Command Create()
    {
        Argument<DirectoryInfo> dataset = DatasetOptions.Input();
        Option<DirectoryInfo> output = DatasetOptions.Output();
        var teacher = new Option<FileInfo>("--teacher")
        {
            Description =
                "The model that labels, ONNX or checkpoint; larger and slower than the one to train.",
            Required = true,
        };
        var size = new Option<int>("--size")
        {
            Description = "Its input size, a multiple of 32.",
            DefaultValueFactory = _ => 800,
        };
        var minScore = new Option<float?>("--min-score")
        {
            Description =
                "Least score of an object that is taken, 0 to 1 (default: the model's recommendation).",
        };
        var nms = new Option<float?>("--nms")
        {
            Description = "NMS threshold, 0 to 1 (default: the model's recommendation).",
        };
        var command = new Command(
            "label",
            """
            Label a data set by a teacher model. Pictures that a person has corrected stay as they are; in all others the objects are replaced.

            Example: asff-train dataset label data/v1 --teacher large.onnx --size 800 --min-score 0.4 --out data/v2
            """
        )
        {
            dataset,
            teacher,
            size,
            minScore,
            nms,
            output,
        };
        command.SetAction(
            (parsed, cancellation) =>
                CommandErrors.CatchAsync(
                    parsed,
                    () =>
                    {
                        var settings = new Settings(
                            parsed.GetRequiredValue(teacher).FullName,
                            CommandErrors.RequireSize(parsed.GetValue(size)),
                            CommandErrors.RequireShare("--min-score", parsed.GetValue(minScore)),
                            CommandErrors.RequireShare("--nms", parsed.GetValue(nms))
                        );
                        return Run(
                            parsed.GetRequiredValue(dataset).FullName,
                            settings,
                            DatasetOptions.Fresh(parsed.GetRequiredValue(output)),
                            parsed.InvocationConfiguration.Output,
                            cancellation
                        );
                    }
                )
        );
        return command;
    }

    private static int Run(
        string path,
        Settings settings,
        string output,
        TextWriter writer,
        CancellationToken cancellation
    )
    {
        var dataset = DatasetFolder.Open(path);
        using IPredictor teacher = Predictor.Open(settings.Teacher);
        var labels = new PseudoLabels(
            teacher,
            settings.Size,
            settings.MinScore ?? teacher.Manifest.Thresholds.Score,
            settings.Nms ?? teacher.Manifest.Thresholds.Nms
        );
        labels.RequireClasses(dataset);
        DatasetManifest manifest = dataset.Manifest with
        {
            MadeBy = "label",
            Parent = dataset.Sha256,
            Teacher = FootageModel.OfFile(
                teacher.Manifest.Name,
                teacher.Manifest.Version,
                settings.Teacher
            ),
        };
        DatasetItem[] items = [];
        dataset.WriteVersion(
            output,
            manifest,
            () => items = Label(dataset, labels, WorkProgress.Open(writer), cancellation)
        );
        int kept = items.Count(item => item.Image.Reviewed);
        writer.WriteLine(
            $"{output}: {items.Length - kept} images labelled, {kept} corrected by a person kept; manifest {DatasetFolder.HashOf(output)}"
        );
        return 0;
    }

    private static DatasetItem[] Label(
        DatasetFolder dataset,
        PseudoLabels labels,
        IAnsiConsole console,
        CancellationToken cancellation
    ) =>
        WorkProgress.Run(
            console,
            [$"label {dataset.Items.Count} images"],
            onProgress =>
            {
                var labelled = new DatasetItem[dataset.Items.Count];
                for (int index = 0; index < labelled.Length; index++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    labelled[index] = labels.Label(dataset, dataset.Items[index]);
                    onProgress(0, (index + 1.0) / labelled.Length);
                }

                return labelled;
            }
        );

    private sealed record Settings(string Teacher, int Size, float? MinScore, float? Nms);
}
