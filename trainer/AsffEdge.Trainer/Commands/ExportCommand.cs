using System.CommandLine;
using System.Globalization;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train export</c>: a checkpoint becomes an ONNX file.</summary>
public static class ExportCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var checkpoint = new Argument<FileInfo>("checkpoint")
        {
            Description = "Checkpoint to export.",
        };
        var output = new Option<FileInfo>("--out")
        {
            Description = "ONNX file to write.",
            Required = true,
        };
        var half = new Option<bool>("--half")
        {
            Description = "Half precision inside; input and outputs stay float32.",
        };
        var score = new Option<float?>("--score")
        {
            Description =
                "Score threshold that the file recommends, 0 to 1 (default: the training configuration's).",
        };
        var golden = new Option<string?>("--golden-image")
        {
            Description =
                "Picture, or frame of a video (clip.avi#600), that the file carries with what must be found in it; devices check the file by it (default: a validation picture, where the run's data is at hand).",
        };
        var command = new Command(
            "export",
            "Write a checkpoint as an ONNX file that serves every size.\n\nExample: asff-train export runs/pedestrian/checkpoint.safetensors --out models/pedestrian.onnx"
        )
        {
            checkpoint,
            output,
            half,
            score,
            golden,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    FileInfo file = parsed.GetRequiredValue(output);
                    CommandErrors.RequireWritable(
                        [parsed.GetRequiredValue(checkpoint).FullName],
                        file
                    );
                    (NetworkState state, CheckpointInfo info) = Checkpoint.Load(
                        parsed.GetRequiredValue(checkpoint).FullName
                    );
                    using (state)
                    {
                        info = info with
                        {
                            Thresholds = info.Thresholds with
                            {
                                Score = parsed.GetValue(score) ?? info.Thresholds.Score,
                            },
                        };
                        GoldenExport.Export(
                            file.FullName,
                            target =>
                                OnnxExporter.Export(target, state, info, parsed.GetValue(half)),
                            GoldenPictures.For(
                                parsed.GetValue(golden),
                                parsed.GetRequiredValue(checkpoint).DirectoryName!
                            ),
                            parsed.InvocationConfiguration.Output
                        );
                    }

                    file.Refresh();
                    Console.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{file}: {info.Name} {info.Version}, {file.Length / 1e6:F1} MB"
                        )
                    );
                    return 0;
                }
            )
        );
        return command;
    }
}
