using System.CommandLine;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge benchmark footage</c></summary>
internal static class FootageBenchmarkCommand
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
            "Seconds, half of them with collecting",
            60,
            8,
            3600
        );
        Command command = new(
            "footage",
            "Compare the pipeline with and without collecting footage, in turns"
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
            "asff-edge benchmark footage",
            "asff-edge benchmark footage --size 320 --seconds 120 --json"
        );
        command.SetAction(
            (arguments, ct) =>
                BenchmarkArguments.RunAsync(
                    async progress =>
                    {
                        progress("with and without collecting");
                        FootageBenchmarkReport report = await new FootageBenchmark(
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
