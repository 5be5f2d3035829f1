using System.CommandLine;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge benchmark footage</c> and <c>shadow</c>: the pipeline with and without something, in turns.</summary>
internal static class TurnsBenchmarkCommand
{
    // Runs a benchmark, and gives its report, as JSON where that is asked for.
    private delegate Task<string> Measurement(
        string model,
        string video,
        int size,
        int threads,
        TimeSpan length,
        bool json,
        CancellationToken ct
    );

    /// <summary>The command that measures what collecting footage costs.</summary>
    public static Command Footage() =>
        Create(
            "footage",
            "collecting footage",
            "half of them with collecting",
            async (model, video, size, threads, length, json, ct) =>
            {
                FootageBenchmarkReport report = await new FootageBenchmark(
                    model,
                    video,
                    size,
                    threads,
                    length
                )
                    .RunAsync(ct)
                    .ConfigureAwait(false);
                return json ? report.ToJson() : report.ToText();
            }
        );

    /// <summary>The command that measures what a model in the shadow costs.</summary>
    public static Command Shadow() =>
        Create(
            "shadow",
            "a model in the shadow",
            "a third of them with a shadow",
            async (model, video, size, threads, length, json, ct) =>
            {
                ShadowBenchmarkReport report = await new ShadowBenchmark(
                    model,
                    video,
                    size,
                    threads,
                    length
                )
                    .RunAsync(ct)
                    .ConfigureAwait(false);
                return json ? report.ToJson() : report.ToText();
            }
        );

    private static Command Create(string name, string what, string share, Measurement measure)
    {
        Option<string> model = BenchmarkArguments.Model();
        Option<string> video = BenchmarkArguments.Video();
        Option<int> threads = BenchmarkArguments.Threads();
        Option<bool> json = BenchmarkArguments.Json();
        Option<int> size = BenchmarkArguments.Size();
        Option<int> seconds = BenchmarkArguments.Whole(
            "--seconds",
            $"Seconds, {share}",
            60,
            8,
            3600
        );
        Command command = new(name, $"Compare the pipeline with and without {what}, in turns")
        {
            model,
            video,
            size,
            seconds,
            threads,
            json,
        };
        HelpWithExamples.AddTo(
            command,
            $"asff-edge benchmark {name}",
            $"asff-edge benchmark {name} --size 320 --seconds 120 --json"
        );
        command.SetAction(
            (arguments, ct) =>
                BenchmarkArguments.RunAsync(
                    progress =>
                    {
                        progress($"with and without {what}");
                        return measure(
                            arguments.GetValue(model)!,
                            arguments.GetValue(video)!,
                            arguments.GetValue(size),
                            arguments.GetValue(threads),
                            TimeSpan.FromSeconds(arguments.GetValue(seconds)),
                            arguments.GetValue(json),
                            ct
                        );
                    },
                    "--size"
                )
        );
        return command;
    }
}
