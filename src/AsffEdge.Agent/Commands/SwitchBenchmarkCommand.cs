using System.CommandLine;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge benchmark switches</c></summary>
internal static class SwitchBenchmarkCommand
{
    public static Command Create()
    {
        Option<string> model = BenchmarkArguments.Model();
        Option<string> video = BenchmarkArguments.Video();
        Option<int> threads = BenchmarkArguments.Threads();
        Option<bool> json = BenchmarkArguments.Json();
        Option<int> count = BenchmarkArguments.Whole(
            "--count",
            "Switches that are measured",
            200,
            2,
            1_000_000
        );
        var sizes = new Option<string>("--sizes")
        {
            Description = "The two input sizes in pixels",
            HelpName = "A,B",
            DefaultValueFactory = _ => "320,800",
        };
        var realTime = new Option<bool>("--real-time")
        {
            Description = "Play the video at its own rate; otherwise a frame always waits",
        };
        var command = new Command(
            "switches",
            "Switch an agent back and forth between two sizes by commands over a broker"
        )
        {
            model,
            video,
            sizes,
            count,
            realTime,
            threads,
            json,
        };
        sizes.Validators.Add(result =>
        {
            if (
                !BenchmarkCommand.TryReadSizes(
                    result.GetValueOrDefault<string>() ?? "",
                    out int[] list
                )
                || list.Length != 2
                || list[0] == list[1]
            )
            {
                result.AddError(
                    $"--sizes '{result.Tokens[0].Value}': allowed: two sizes, for example 320,800"
                );
            }
        });
        HelpWithExamples.AddTo(
            command,
            "asff-edge benchmark switches",
            "asff-edge benchmark switches --count 10000",
            "asff-edge benchmark switches --sizes 416,608 --real-time --json"
        );
        command.SetAction(
            (arguments, ct) =>
            {
                _ = BenchmarkCommand.TryReadSizes(arguments.GetValue(sizes)!, out int[] list);
                int switches = arguments.GetValue(count);
                var benchmark = new SizeSwitchBenchmark(
                    arguments.GetValue(model)!,
                    arguments.GetValue(video)!,
                    arguments.GetValue(realTime),
                    arguments.GetValue(threads),
                    (list[0], list[1]),
                    switches
                );
                return BenchmarkArguments.RunAsync(
                    async progress =>
                    {
                        SwitchReport report = await benchmark
                            .RunAsync(done => progress($"switch {done} of {switches}"), ct)
                            .ConfigureAwait(false);
                        return arguments.GetValue(json) ? report.ToJson() : report.ToText();
                    },
                    "--sizes"
                );
            }
        );
        return command;
    }
}
