using System.CommandLine;
using System.Globalization;
using AsffEdge.Agent.Cameras;
using AsffEdge.Control.CommandLine;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge benchmark</c></summary>
public static class BenchmarkCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<string> model = BenchmarkArguments.Model();
        var sizes = new Option<string>("--sizes")
        {
            Description = "Network input sizes in pixels, separated by commas",
            HelpName = "LIST",
            DefaultValueFactory = _ => "320,416,608,800",
        };
        Option<int> seconds = BenchmarkArguments.Whole(
            "--seconds",
            "Seconds for each size, half of them for the bare session",
            8,
            2,
            3600
        );
        Option<string> video = BenchmarkArguments.Video();
        Option<int> cameras = BenchmarkArguments.Whole(
            "--cameras",
            "Cameras for the memory and the fairness figures",
            4,
            2,
            64
        );
        Option<int> threads = BenchmarkArguments.Threads();
        Option<bool> json = BenchmarkArguments.Json();
        var command = new Command(
            "benchmark",
            "Compare the whole pipeline with the bare ONNX Runtime session, and measure stages and memory"
        )
        {
            model,
            sizes,
            seconds,
            video,
            cameras,
            threads,
            json,
            SwitchBenchmarkCommand.Sizes(),
            TurnsBenchmarkCommand.Footage(),
            TurnsBenchmarkCommand.Shadow(),
            SwitchBenchmarkCommand.Models(),
        };
        sizes.Validators.Add(result =>
        {
            if (!TryReadSizes(result.GetValueOrDefault<string>() ?? "", out _))
            {
                result.AddError(
                    $"--sizes '{result.Tokens[0].Value}': allowed: whole numbers separated by commas, for example 320,608"
                );
            }
        });
        HelpWithExamples.AddTo(
            command,
            "asff-edge benchmark",
            "asff-edge benchmark --model models/pedestrian.onnx --video clip.mp4 --sizes 320,608 --json"
        );
        command.SetAction(
            (arguments, ct) =>
            {
                _ = TryReadSizes(arguments.GetValue(sizes)!, out int[] list);
                var benchmark = new PipelineBenchmark(
                    arguments.GetValue(model)!,
                    new DetectorOptions { Threads = arguments.GetValue(threads) },
                    list,
                    arguments.GetValue(seconds),
                    arguments.GetValue(video)!,
                    arguments.GetValue(cameras)
                );
                return BenchmarkArguments.RunAsync(
                    progress => benchmark.RunAsync(progress, ct),
                    arguments.GetValue(json),
                    sizes.Name
                );
            }
        );
        return command;
    }

    internal static bool TryReadSizes(string text, out int[] sizes)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        sizes = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (
                !int.TryParse(
                    parts[i],
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out sizes[i]
                )
                || sizes[i] == 0
            )
            {
                return false;
            }
        }

        return true;
    }
}
