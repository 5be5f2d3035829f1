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
        var model = new Option<string>("--model")
        {
            Description = "ONNX file with a manifest",
            HelpName = "FILE",
            DefaultValueFactory = _ => "models/pedestrian.onnx",
        };
        var sizes = new Option<string>("--sizes")
        {
            Description = "Network input sizes in pixels, separated by commas",
            HelpName = "LIST",
            DefaultValueFactory = _ => "320,416,608,800",
        };
        Option<int> seconds = Whole(
            "--seconds",
            "Seconds for each size, half of them for the bare session",
            8,
            2,
            3600
        );
        var video = new Option<string>("--video")
        {
            Description = "Video file that the cameras play",
            HelpName = "FILE",
            DefaultValueFactory = _ => ".data/vtest.avi",
        };
        Option<int> cameras = Whole(
            "--cameras",
            "Cameras for the memory and the fairness figures",
            4,
            2,
            64
        );
        Option<int> threads = Whole(
            "--threads",
            "Threads of one inference, 0: one a core",
            0,
            0,
            256
        );
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table" };
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
                return RunAsync(benchmark, arguments.GetValue(json), ct);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        PipelineBenchmark benchmark,
        bool json,
        CancellationToken ct
    )
    {
        try
        {
            Action<string> progress = Console.IsErrorRedirected
                ? _ => { }
                : what => Console.Error.Write($"\r\e[Kmeasuring: {what}");
            BenchmarkReport report = await benchmark.RunAsync(progress, ct).ConfigureAwait(false);
            Console.Error.Write(Console.IsErrorRedirected ? "" : "\r\e[K");
            Console.Out.WriteLine(json ? report.ToJson() : report.ToText());
            return ExitCodes.Done;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("asff-edge: interrupted before everything was measured");
            return ExitCodes.Failed;
        }
        catch (Exception error) when (error is ModelException or CameraException)
        {
            Console.Error.WriteLine($"asff-edge: {error.Message}");
            return ExitCodes.Failed;
        }
        catch (FormatException error)
        {
            Console.Error.WriteLine($"asff-edge: --sizes: {error.Message}");
            return ExitCodes.Usage;
        }
    }

    private static bool TryReadSizes(string text, out int[] sizes)
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

    private static Option<int> Whole(
        string name,
        string description,
        int value,
        int least,
        int most
    )
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => value,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is int given && (given < least || given > most))
            {
                result.AddError($"{name} is {given}; allowed: {least} to {most}");
            }
        });
        return option;
    }
}
