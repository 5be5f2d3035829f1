using System.CommandLine;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge benchmark footage</c> and <c>shadow</c>: the pipeline with and without something, in turns.</summary>
internal static class TurnsBenchmarkCommand
{
    /// <summary>The command that measures what collecting and sending footage costs.</summary>
    public static Command Footage()
    {
        Option<int> rate = BenchmarkArguments.Whole(
            "--kb-per-s",
            "Kilobytes (1000 bytes) sent a second at most, 0: as fast as it goes",
            1250,
            0,
            1_000_000
        );
        return Create(
            "footage",
            "collecting footage and sending it",
            "a third of them with collecting, a third with sending too",
            (arguments, parsed, ct) =>
                new FootageBenchmark(arguments, parsed.GetValue(rate)).RunAsync(ct),
            rate
        );
    }

    /// <summary>The command that measures what a model in the shadow costs.</summary>
    public static Command Shadow() =>
        Create(
            "shadow",
            "a model in the shadow",
            "a third of them with a shadow",
            (arguments, _, ct) => new ShadowBenchmark(arguments).RunAsync(ct)
        );

    private static Command Create(
        string name,
        string what,
        string share,
        Func<TurnsArguments, ParseResult, CancellationToken, Task<IBenchmarkReport>> measure,
        params IEnumerable<Option> more
    )
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
        };
        foreach (Option option in more)
        {
            command.Add(option);
        }

        command.Add(json);
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
                            new TurnsArguments(
                                arguments.GetValue(model)!,
                                arguments.GetValue(video)!,
                                arguments.GetValue(size),
                                arguments.GetValue(threads),
                                TimeSpan.FromSeconds(arguments.GetValue(seconds))
                            ),
                            arguments,
                            ct
                        );
                    },
                    arguments.GetValue(json),
                    size.Name
                )
        );
        return command;
    }
}
