using System.CommandLine;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Footage.Upload;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Commands;

/// <summary>What the benchmarks share: options, progress, and what is said when they cannot be run.</summary>
internal static class BenchmarkArguments
{
    public static Option<string> Model() =>
        new("--model")
        {
            Description = "ONNX file with a manifest",
            HelpName = "FILE",
            DefaultValueFactory = _ => "models/pedestrian.onnx",
        };

    public static Option<string> Video() =>
        new("--video")
        {
            Description = "Video file that the cameras play",
            HelpName = "FILE",
            DefaultValueFactory = _ => ".data/vtest.avi",
        };

    public static Option<int> Threads() =>
        Whole("--threads", "Threads of one inference, 0: one a core", 0, 0, 256);

    public static Option<int> Size() =>
        Whole("--size", "Network input size in pixels", 416, 32, 1024);

    public static Option<bool> Json() =>
        new("--json") { Description = "Print JSON instead of a table" };

    public static Option<int> Whole(string name, string description, int value, int least, int most)
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

    /// <summary>Prints what <paramref name="measure"/> gives.</summary>
    /// <param name="measure">Measures; is given where to tell what is being measured.</param>
    /// <param name="json">Whether as JSON.</param>
    /// <param name="sizes">The option that named the sizes.</param>
    public static async Task<int> RunAsync(
        Func<Action<string>, Task<IBenchmarkReport>> measure,
        bool json,
        string sizes
    )
    {
        try
        {
            Action<string> progress = Console.IsErrorRedirected
                ? _ => { }
                : what => Console.Error.Write($"\r\e[Kmeasuring: {what}");
            IBenchmarkReport report = await measure(progress).ConfigureAwait(false);
            Console.Error.Write(Console.IsErrorRedirected ? "" : "\r\e[K");
            Console.Out.WriteLine(json ? report.ToJson() : report.ToText());
            return ExitCodes.Done;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("asff-edge: interrupted before everything was measured");
            return ExitCodes.Failed;
        }
        catch (Exception error)
            when (error is ModelException or CameraException or UploadException or TimeoutException)
        {
            Console.Error.WriteLine($"asff-edge: {error.Message}");
            return ExitCodes.Failed;
        }
        catch (Exception error) when (error is FormatException or ConfigurationException)
        {
            Console.Error.WriteLine($"asff-edge: {sizes}: {error.Message}");
            return ExitCodes.Usage;
        }
    }
}
