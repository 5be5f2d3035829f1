using System.CommandLine;
using System.Globalization;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Prediction;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train evaluate</c>: COCO's figures for a model on a data set, one row an input size.</summary>
public static class EvaluateCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Argument<FileInfo>("model")
        {
            Description = "Checkpoint or ONNX file; the latter runs as on a device.",
        };
        var data = new Option<FileInfo>("--data")
        {
            Description = "COCO JSON with the truth.",
            Required = true,
        };
        var images = new Option<string>("--images")
        {
            Description = "Image folder, or the video that the annotations are of.",
            Required = true,
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
        var command = new Command(
            "evaluate",
            "Evaluate a model with COCO's figures.\n\nExample: asff-train evaluate models/pedestrian.onnx --data validation.json --images clip.avi --sizes 320 416 512 608"
        )
        {
            model,
            data,
            images,
            sizes,
            nms,
            every,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    int[] list = parsed.GetRequiredValue(sizes);
                    Array.ForEach(list, size => CommandErrors.RequireSize(size));
                    using IPredictor predictor = Predictor.Open(
                        parsed.GetRequiredValue(model).FullName
                    );
                    using LabelledDataset dataset = LabelledDataset.Open(
                        parsed.GetRequiredValue(data).FullName,
                        parsed.GetRequiredValue(images),
                        predictor.Manifest.Labels
                    );
                    Print(
                        new ModelEvaluator(predictor, dataset)
                        {
                            NmsThreshold = parsed.GetValue(nms),
                            Every = Math.Max(1, parsed.GetValue(every)),
                        },
                        list
                    );
                    return 0;
                }
            )
        );
        return command;
    }

    private static void Print(ModelEvaluator evaluator, int[] sizes)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (
            string heading in (string[])
                ["Size", "AP", "AP50", "AP75", "AP-S", "AP-M", "AP-L", "AR", "P", "R", "Score"]
        )
        {
            table.AddColumn(
                new TableColumn(heading).RightAligned().NoWrap().PadLeft(0).PadRight(1)
            );
        }

        foreach (int size in sizes)
        {
            CocoResult result = evaluator.Evaluate(size).Coco;
            OperatingPoint? best =
                result.Classes.Count == 1 ? result.Classes[0].Curve?.Best() : null;
            table.AddRow(
                size.ToString(CultureInfo.InvariantCulture),
                Percent(result.AP),
                Percent(result.AP50),
                Percent(result.AP75),
                Percent(result.APSmall),
                Percent(result.APMedium),
                Percent(result.APLarge),
                Percent(result.AR100),
                best is { } point ? Percent(point.Precision) : "",
                best is { } p ? Percent(p.Recall) : "",
                best is { } s ? s.Score.ToString("F2", CultureInfo.InvariantCulture) : ""
            );
        }

        AnsiConsole.Write(table);
        Console.WriteLine(
            "AR: with 100 detections. P, R: precision and recall at IoU 0.5 where their harmonic mean is greatest,"
        );
        Console.WriteLine("which is at the score given. A dash: no object of that kind.");
    }

    private static string Percent(double value) =>
        value < 0 ? "–" : value.ToString("F3", CultureInfo.InvariantCulture);
}
