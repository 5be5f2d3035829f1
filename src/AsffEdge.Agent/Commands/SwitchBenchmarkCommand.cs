using System.CommandLine;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge benchmark switches</c> and <c>models</c>: an agent that is switched between two things by commands over a broker.</summary>
internal static class SwitchBenchmarkCommand
{
    /// <summary>The command that switches between two sizes.</summary>
    public static Command Sizes()
    {
        var sizes = new Option<string>("--sizes")
        {
            Description = "The two input sizes in pixels",
            HelpName = "A,B",
            DefaultValueFactory = _ => "320,800",
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
        return Create(
            "switches",
            "Switch an agent back and forth between two sizes by commands over a broker",
            sizes,
            BenchmarkArguments.Whole("--count", "Switches that are measured", 200, 2, 1_000_000),
            (common, text) =>
            {
                _ = BenchmarkCommand.TryReadSizes(text, out int[] list);
                return new SizeSwitchBenchmark(common, (list[0], list[1]));
            },
            "asff-edge benchmark switches --count 10000",
            "asff-edge benchmark switches --sizes 416,608 --real-time --json"
        );
    }

    /// <summary>The command that switches between a model and a copy of it.</summary>
    public static Command Models() =>
        Create(
            "models",
            "Switch an agent between a model and a copy of it by commands over a broker",
            BenchmarkArguments.Size(),
            BenchmarkArguments.Whole("--count", "Switches that are measured", 20, 2, 100_000),
            (common, size) => new ModelSwitchBenchmark(common, size),
            "asff-edge benchmark models --size 608 --count 100 --real-time --json"
        );

    private static Command Create<T>(
        string name,
        string description,
        Option<T> sizes,
        Option<int> count,
        Func<SwitchArguments, T, SwitchBenchmark> make,
        params string[] examples
    )
    {
        Option<string> model = BenchmarkArguments.Model();
        Option<string> video = BenchmarkArguments.Video();
        Option<int> threads = BenchmarkArguments.Threads();
        Option<bool> json = BenchmarkArguments.Json();
        var realTime = new Option<bool>("--real-time")
        {
            Description = "Play the video at its own rate; otherwise a frame always waits",
        };
        Command command = new(name, description)
        {
            model,
            video,
            sizes,
            count,
            realTime,
            threads,
            json,
        };
        HelpWithExamples.AddTo(command, [$"asff-edge benchmark {name}", .. examples]);
        command.SetAction(
            (arguments, ct) =>
                BenchmarkArguments.RunAsync(
                    progress =>
                    {
                        SwitchArguments common = new(
                            arguments.GetValue(model)!,
                            arguments.GetValue(video)!,
                            arguments.GetValue(realTime),
                            arguments.GetValue(threads),
                            arguments.GetValue(count)
                        );
                        return make(common, arguments.GetValue(sizes)!)
                            .RunAsync(done => progress($"switch {done} of {common.Count}"), ct);
                    },
                    arguments.GetValue(json),
                    sizes.Name
                )
        );
        return command;
    }
}
