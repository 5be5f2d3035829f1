using System.CommandLine;
using AsffEdge.Trainer.Benchmarking;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train benchmark</c>: the speed column of the paper's Table 4 for this machine.</summary>
public static class BenchmarkCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var variants = new Option<string[]>("--variants")
        {
            Description = $"Networks to compare: {string.Join(", ", Variants.Names)}.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["baseline", "asff", "asff_star"],
        };
        var sizes = new Option<int[]>("--sizes")
        {
            Description = "Input sizes, multiples of 32.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [320, 416, 608, 800],
        };
        var half = new Option<bool>("--half")
        {
            Description = "Half precision, too, where there is a GPU.",
        };
        var runs = new Option<int>("--runs")
        {
            Description = "Least runs of each network at each size, 1 to 1000.",
            DefaultValueFactory = _ => 5,
        };
        var threads = new Option<int?>("--threads")
        {
            Description = "CPU threads of one run (default: all cores).",
        };
        var classes = new Option<int>("--classes")
        {
            Description = "Number of classes.",
            DefaultValueFactory = _ => 80,
        };
        var backboneWidth = new Option<double>("--backbone-width")
        {
            Description = "Multiplies the backbone's channels; 1 is the paper.",
            DefaultValueFactory = _ => 1,
        };
        var neckWidth = new Option<double>("--neck-width")
        {
            Description = "Multiplies the channels of neck, fusion and heads; 1 is the paper.",
            DefaultValueFactory = _ => 1,
        };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table." };
        var command = new Command(
            "benchmark",
            "Time networks without fusion and with it: the network only, batch 1, at each size.\n\nExample: asff-train benchmark --variants baseline asff --sizes 320 416 608 800"
        )
        {
            variants,
            sizes,
            half,
            runs,
            threads,
            classes,
            backboneWidth,
            neckWidth,
            json,
        };
        command.SetAction(
            (parsed, cancellation) =>
                CommandErrors.CatchAsync(
                    parsed,
                    () =>
                    {
                        int count =
                            CommandErrors.RequireThreads(parsed.GetValue(threads))
                            ?? Environment.ProcessorCount;
                        int least = parsed.GetValue(runs);
                        ArgumentOutOfRangeException.ThrowIfLessThan(least, 1, "--runs");
                        ArgumentOutOfRangeException.ThrowIfGreaterThan(least, 1000, "--runs");
                        SpeedReport report = Measure(
                            [
                                .. parsed
                                    .GetRequiredValue(variants)
                                    .Select(variant =>
                                        new ModelOptions
                                        {
                                            Variant = variant,
                                            BackboneWidth = parsed.GetValue(backboneWidth),
                                            NeckWidth = parsed.GetValue(neckWidth),
                                        }.CreateNetwork(parsed.GetValue(classes))
                                    ),
                            ],
                            [.. parsed.GetRequiredValue(sizes).Select(CommandErrors.RequireSize)],
                            parsed.GetValue(half),
                            least,
                            count,
                            cancellation
                        );
                        parsed.InvocationConfiguration.Output.WriteLine(
                            parsed.GetValue(json) ? report.ToJson() : report.ToText()
                        );
                        return 0;
                    }
                )
        );
        return command;
    }

    private static SpeedReport Measure(
        NetworkConfiguration[] networks,
        int[] sizes,
        bool half,
        int leastRuns,
        int threads,
        CancellationToken cancellation
    )
    {
        set_num_threads(threads);
        bool onGpu = cuda.is_available() || OnnxRunner.HasCuda;
        List<INetworkRunner> runners = [];
        try
        {
            foreach (bool halved in half && onGpu ? (bool[])[false, true] : [false])
            {
                foreach (NetworkConfiguration network in networks)
                {
                    ShowProgress($"opening {network.Variant}");
                    cancellation.ThrowIfCancellationRequested();
                    runners.Add(new OnnxRunner(network, halved, threads));
                    runners.Add(new TorchRunner(network, halved));
                }
            }

            return new SpeedReport(
                Environment.ProcessorCount,
                threads,
                networks[0].Classes,
                networks[0].BackboneWidth,
                networks[0].NeckWidth,
                (half, onGpu) switch
                {
                    (_, false) => "not measured: no GPU",
                    (false, true) => "not measured; --half does",
                    _ => "measured",
                },
                NetworkBenchmark.Run(
                    runners,
                    sizes,
                    leastRuns,
                    leastSeconds: 1,
                    ShowProgress,
                    cancellation
                )
            );
        }
        finally
        {
            ShowProgress("");
            runners.ForEach(runner => runner.Dispose());
        }
    }

    /// <summary>One line that overwrites itself, on a terminal only; nothing takes it away.</summary>
    private static void ShowProgress(string what)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write(what.Length > 0 ? $"\r\e[K{what}" : "\r\e[K");
        }
    }
}
