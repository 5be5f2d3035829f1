using System.CommandLine;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge benchmark models</c></summary>
internal static class ModelSwitchBenchmarkCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<string> model = BenchmarkArguments.Model();
        Option<string> video = BenchmarkArguments.Video();
        Option<int> threads = BenchmarkArguments.Threads();
        Option<bool> json = BenchmarkArguments.Json();
        Option<int> count = BenchmarkArguments.Whole(
            "--count",
            "Switches that are measured",
            20,
            2,
            100_000
        );
        Option<int> size = BenchmarkArguments.Size();
        var realTime = new Option<bool>("--real-time")
        {
            Description = "Play the video at its own rate; otherwise a frame always waits",
        };
        var command = new Command(
            "models",
            "Switch an agent between a model and a copy of it by commands over a broker"
        )
        {
            model,
            video,
            size,
            count,
            realTime,
            threads,
            json,
        };
        HelpWithExamples.AddTo(
            command,
            "asff-edge benchmark models",
            "asff-edge benchmark models --size 608 --count 100 --real-time --json"
        );
        command.SetAction(
            (arguments, ct) =>
                BenchmarkArguments.RunAsync(
                    async progress =>
                    {
                        int switches = arguments.GetValue(count);
                        SwitchReport report = await new ModelSwitchBenchmark(
                            arguments.GetValue(model)!,
                            arguments.GetValue(video)!,
                            arguments.GetValue(realTime),
                            arguments.GetValue(threads),
                            arguments.GetValue(size),
                            switches
                        )
                            .RunAsync(done => progress($"switch {done} of {switches}"), ct)
                            .ConfigureAwait(false);
                        return arguments.GetValue(json) ? report.ToJson() : report.ToText();
                    },
                    "--size"
                )
        );
        return command;
    }
}
