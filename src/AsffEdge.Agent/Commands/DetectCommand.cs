using System.CommandLine;
using AsffEdge.Agent.Drawing;
using AsffEdge.Control.CommandLine;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge detect</c></summary>
public static class DetectCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var inputs = new Argument<string[]>("input")
        {
            Description =
                "Pictures, folders of pictures and videos, videos, rtsp:// streams (every user of this machine can read a password in one), /dev/videoN",
            Arity = ArgumentArity.OneOrMore,
        };
        var model = new Option<string>("--model")
        {
            Description = "ONNX file with a manifest",
            HelpName = "FILE",
            Required = true,
        };
        var size = new Option<int?>("--size")
        {
            Description = "Network input size in pixels; default: what the model recommends",
            HelpName = "PIXELS",
        };
        Option<float?> score = Fraction(
            "--score",
            "Least score that is reported, 0 to 1; default: what the model recommends"
        );
        Option<float?> nms = Fraction(
            "--nms",
            "Overlap (IoU) above which the weaker of two boxes of a class is dropped, 0 to 1; default: what the model recommends"
        );
        var draw = new Option<string?>("--draw")
        {
            Description = "Folder for annotated pictures and videos, or one file for one input",
            HelpName = "PATH",
        };
        Option<long?> every = Count("--every", "Of videos, infer every Nth frame");
        Option<long?> limit = Count("--limit", "Of each video and stream, infer at most N frames");
        var command = new Command(
            "detect",
            "Detect objects and write a line of JSON for each picture"
        )
        {
            inputs,
            model,
            size,
            score,
            nms,
            draw,
            every,
            limit,
        };
        command.Validators.Add(result =>
        {
            // The parser takes what it does not know for an input.
            foreach (string input in result.GetValue(inputs) ?? [])
            {
                if (input.StartsWith('-') && !Path.Exists(input))
                {
                    result.AddError($"there is no option '{input}'");
                }
            }

            if (
                result.GetValue(draw) is string path
                && AnnotatedOutput.IsFile(path)
                && (
                    result.GetValue(inputs)?.Length != 1
                    || Directory.Exists(result.GetValue(inputs)![0])
                )
            )
            {
                result.AddError(
                    $"--draw '{path}' names a file, which takes one picture, video or stream; allowed: a folder"
                );
            }
        });
        HelpWithExamples.AddTo(
            command,
            "asff-edge detect street.jpg --model models/pedestrian.onnx",
            "asff-edge detect pictures/ clip.mp4 --model models/pedestrian.onnx --draw annotated/",
            "asff-edge detect clip.mp4 --model models/pedestrian.onnx --size 608 --every 10 --draw seen.mp4",
            "asff-edge detect rtsp://camera.local/stream --model models/pedestrian.onnx --limit 100"
        );
        command.SetAction(arguments =>
            Run(
                arguments.GetValue(inputs)!,
                arguments.GetValue(model)!,
                manifest => new DetectSettings(
                    arguments.GetValue(size) ?? manifest.Input.DefaultSize,
                    arguments.GetValue(score) ?? manifest.Thresholds.Score,
                    arguments.GetValue(nms) ?? manifest.Thresholds.Nms,
                    (int)(arguments.GetValue(every) ?? 1),
                    arguments.GetValue(limit)
                ),
                arguments.GetValue(draw)
            )
        );
        return command;
    }

    private static int Run(
        string[] inputs,
        string modelPath,
        Func<ModelManifest, DetectSettings> settingsFor,
        string? drawPath
    )
    {
        try
        {
            using Detector detector = Detector.Open(modelPath, new DetectorOptions());
            DetectSettings settings = settingsFor(detector.Manifest);
            if (!detector.Manifest.Input.Allows(settings.Size))
            {
                return Fail(
                    $"--size {settings.Size}: this model takes {detector.Manifest.Input.DescribeSizes()}",
                    ExitCodes.Usage
                );
            }

            using AnnotatedOutput? drawn = drawPath is null ? null : new AnnotatedOutput(drawPath);
            using var interrupt = new CancellationTokenSource();
            void Interrupt(object? sender, ConsoleCancelEventArgs key)
            {
                // The video being drawn is completed before the process ends.
                key.Cancel = true;
                interrupt.Cancel();
            }

            Console.CancelKeyPress += Interrupt;
            try
            {
                using var run = new DetectRun(
                    detector,
                    settings,
                    drawn,
                    Console.Out,
                    Console.Error,
                    !Console.IsErrorRedirected
                );
                return run.Run(inputs, interrupt.Token) ? ExitCodes.Done : ExitCodes.Failed;
            }
            finally
            {
                Console.CancelKeyPress -= Interrupt;
            }
        }
        catch (Exception error)
            when (error is ModelException or IOException or UnauthorizedAccessException)
        {
            return Fail(error.Message, ExitCodes.Failed);
        }
    }

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine($"asff-edge: {message}");
        return exitCode;
    }

    private static Option<float?> Fraction(string name, string description)
    {
        var option = new Option<float?>(name) { Description = description, HelpName = "FRACTION" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<float?>() is not (null or (>= 0 and <= 1)))
            {
                result.AddError($"{name} is {result.Tokens[0].Value}; allowed: 0 to 1");
            }
        });
        return option;
    }

    private static Option<long?> Count(string name, string description)
    {
        var option = new Option<long?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() is not (null or (>= 1 and <= int.MaxValue)))
            {
                result.AddError(
                    $"{name} is {result.Tokens[0].Value}; allowed: 1 to {int.MaxValue}"
                );
            }
        });
        return option;
    }
}
