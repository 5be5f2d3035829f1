using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Optimization;
using AsffEdge.Trainer.Prediction;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train evaluate</c>: COCO's and VOC's figures for a model on a data set, one row an input size.</summary>
public static class EvaluateCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Argument<FileInfo>("model")
        {
            Description = "Checkpoint or ONNX file; the latter runs as on a device.",
        };
        var data = new Option<string>("--data")
        {
            Description =
                "The truth. coco: JSON file; voc: folder with Annotations, or a list under ImageSets; yolo: folder of the text files.",
            Required = true,
        };
        var images = new Option<string?>("--images")
        {
            Description =
                "Image folder, or the video that the annotations are of; voc and yolo have a usual place for it.",
        };
        var format = new Option<DataFormat>("--format")
        {
            Description = "How the truth is written.",
            DefaultValueFactory = _ => DataFormat.Coco,
        };
        var sizes = new Option<int[]>("--sizes")
        {
            Description = "Input sizes, multiples of 32.",
            DefaultValueFactory = _ => [320, 416, 608],
            AllowMultipleArgumentsPerToken = true,
        };
        var nms = new Option<float>("--nms")
        {
            Description = "NMS threshold, 0 to 1.",
            DefaultValueFactory = _ => 0.6f,
        };
        var every = new Option<int>("--every")
        {
            Description = "Take every N-th image only.",
            DefaultValueFactory = _ => 1,
        };
        var perClass = new Option<bool>("--per-class")
        {
            Description = "Show a table of the classes for each size.",
        };
        var json = new Option<FileInfo?>("--json")
        {
            Description = "Write the figures to this file as JSON.",
        };
        var results = new Option<FileInfo?>("--results")
        {
            Description =
                "Write the detections to this file in COCO's results format; with several sizes, one file each (found-320.json).",
        };
        var command = new Command(
            "evaluate",
            "Evaluate a model with COCO's and VOC's figures.\n\nExample: asff-train evaluate models/pedestrian.onnx --data validation.json --images clip.avi --sizes 320 416 512 608"
        )
        {
            model,
            data,
            images,
            format,
            sizes,
            nms,
            every,
            perClass,
            json,
            results,
        };
        command.SetAction(
            (parsed, cancellation) =>
                CommandErrors.CatchAsync(
                    parsed,
                    () =>
                        Run(
                            new Request(
                                parsed.GetRequiredValue(model),
                                parsed.GetRequiredValue(data),
                                parsed.GetValue(images),
                                parsed.GetValue(format),
                                [.. parsed.GetRequiredValue(sizes).Distinct()],
                                parsed.GetValue(nms),
                                parsed.GetValue(every),
                                parsed.GetValue(perClass),
                                parsed.GetValue(json),
                                parsed.GetValue(results)
                            ),
                            WorkProgress.Open(parsed.InvocationConfiguration.Output),
                            cancellation
                        )
                )
        );
        return command;
    }

    private static int Run(Request request, IAnsiConsole console, CancellationToken cancellation)
    {
        request.Check();
        using IPredictor predictor = Predictor.Open(request.Model.FullName);
        using LabelledDataset dataset = LabelledDataset.Open(
            request.Data,
            request.Images,
            predictor.Manifest.Labels,
            request.Format
        );
        var evaluator = new ModelEvaluator(predictor, dataset)
        {
            NmsThreshold = request.Nms,
            Every = request.Every,
        };
        List<ModelEvaluation> evaluations = Evaluate(
            console,
            evaluator,
            request.Sizes,
            cancellation
        );
        console.Write(EvaluationTable.BySize(evaluations));
        if (request.PerClass)
        {
            evaluations.ForEach(one => console.Write(EvaluationTable.ByClass(one, dataset.Labels)));
        }

        console.WriteLine(EvaluationTable.Legend);
        if (request.Json is { } report)
        {
            new EvaluationReport(
                predictor.Manifest.Name,
                predictor.Manifest.Version,
                evaluator.Images,
                ModelEvaluator.ScoreFloor,
                evaluator.NmsThreshold,
                [.. evaluations.Select(one => SizeReport.From(one, dataset.Labels))]
            ).Write(report.FullName);
            console.WriteLine($"{report}: the figures");
        }

        if (request.Results is { } file)
        {
            WriteResults(console, file.FullName, evaluations, dataset);
        }

        return 0;
    }

    private static List<ModelEvaluation> Evaluate(
        IAnsiConsole console,
        ModelEvaluator evaluator,
        int[] sizes,
        CancellationToken cancellation
    )
    {
        var evaluations = new List<ModelEvaluation>();
        if (console.Profile.Capabilities is { Ansi: true, Interactive: true })
        {
            console
                .Progress()
                .AutoClear(true)
                .Start(context =>
                {
                    ProgressTask[] bars =
                    [
                        .. sizes.Select(size =>
                            context.AddTask($"size {size}", maxValue: evaluator.Images)
                        ),
                    ];
                    for (int index = 0; index < sizes.Length; index++)
                    {
                        ProgressTask bar = bars[index];
                        evaluations.Add(
                            evaluator.Evaluate(sizes[index], done => bar.Value = done, cancellation)
                        );
                    }
                });
            return evaluations;
        }

        foreach (int size in sizes)
        {
            long started = Stopwatch.GetTimestamp();
            evaluations.Add(evaluator.Evaluate(size, cancellation: cancellation));
            console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"size {size}: {evaluator.Images} images in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s"
                )
            );
        }

        return evaluations;
    }

    private static void WriteResults(
        IAnsiConsole console,
        string file,
        List<ModelEvaluation> evaluations,
        LabelledDataset dataset
    )
    {
        foreach (ModelEvaluation one in evaluations)
        {
            string path =
                evaluations.Count == 1
                    ? file
                    : Path.Combine(
                        Path.GetDirectoryName(file)!,
                        $"{Path.GetFileNameWithoutExtension(file)}-{one.Size}{Path.GetExtension(file)}"
                    );
            int written = CocoResultsFile.Write(path, one.Detections, dataset.Annotations);
            console.WriteLine($"{path}: {written} detections at size {one.Size}");
        }
    }

    private sealed record Request(
        FileInfo Model,
        string Data,
        string? Images,
        DataFormat Format,
        int[] Sizes,
        float Nms,
        int Every,
        bool PerClass,
        FileInfo? Json,
        FileInfo? Results
    )
    {
        // Before the work, so that nobody waits an hour to read that a file cannot be written.
        public void Check()
        {
            Array.ForEach(Sizes, size => CommandErrors.RequireSize(size));
            Require(Nms is >= 0 and <= 1, $"--nms is {Nms}; allowed: 0 to 1");
            Require(Every >= 1, $"--every is {Every}; allowed: 1 and above");
            CommandErrors.RequireWritable([Model.FullName, Data], Json, Results);
        }

        private static void Require(bool holds, string message)
        {
            if (!holds)
            {
                throw new ConfigurationException(message);
            }
        }
    }
}
