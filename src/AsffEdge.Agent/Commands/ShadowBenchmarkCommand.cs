using System.CommandLine;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge benchmark shadow</c></summary>
internal static class ShadowBenchmarkCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<string> model = BenchmarkArguments.Model();
        Option<string> video = BenchmarkArguments.Video();
        Option<int> threads = BenchmarkArguments.Threads();
        Option<bool> json = BenchmarkArguments.Json();
        Option<int> size = BenchmarkArguments.Whole(
            "--size",
            "Network input size in pixels",
            416,
            32,
            1024
        );
        Option<int> seconds = BenchmarkArguments.Whole(
            "--seconds",
            "Seconds, a third of them with a shadow",
            60,
            8,
            3600
        );
        Command command = new(
            "shadow",
            "Compare the pipeline with and without a model in the shadow, in turns"
        )
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
            "asff-edge benchmark shadow",
            "asff-edge benchmark shadow --size 320 --seconds 120 --json"
        );
        command.SetAction(
            (arguments, ct) =>
                BenchmarkArguments.RunAsync(
                    async progress =>
                    {
                        progress("with and without a shadow");
                        ShadowBenchmarkReport report = await new ShadowBenchmark(
                            arguments.GetValue(model)!,
                            arguments.GetValue(video)!,
                            arguments.GetValue(size),
                            arguments.GetValue(threads),
                            TimeSpan.FromSeconds(arguments.GetValue(seconds))
                        )
                            .RunAsync(ct)
                            .ConfigureAwait(false);
                        return arguments.GetValue(json) ? report.ToJson() : report.ToText();
                    },
                    "--size"
                )
        );
        return command;
    }
}
