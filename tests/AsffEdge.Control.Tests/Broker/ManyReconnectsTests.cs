using System.Diagnostics;
using System.Globalization;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Control.Tests.Broker;

public sealed class ManyReconnectsTests
{
    /// <summary>1,000 make the figure of the documentation; a few are enough to see a leak.</summary>
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("ASFF_RECONNECT_ROUNDS") ?? "24",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public async Task Connections_that_end_in_every_way_leave_no_descriptor_thread_or_memory()
    {
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port) { Step = TimeSpan.FromSeconds(1) };
        await link.StartAsync();
        List<(int Round, int Threads, int Descriptors, double MiB)> measured = [];
        int every = Math.Max(1, Rounds / 10);
        Stopwatch running = Stopwatch.StartNew();
        for (int round = 1; round <= Rounds; round++)
        {
            await EndAsync(broker, link, round % 6);
            int accepted = broker.Accepted;
            await link.AdvanceUntilAsync(
                () => broker.Accepted > accepted || (link.Link.IsConnected && broker.Open == 1),
                600,
                $"connection {round + 1}"
            );
            await link.AdvanceUntilAsync(
                () => link.Link.IsConnected && broker.Open == 1,
                600,
                $"connection {round + 1} alone"
            );
            if (round % every == 0)
            {
                measured.Add(Measure(round));
            }
        }

        Assert.True(broker.Accepted > Rounds, $"{broker.Accepted} connections");
        foreach ((int round, int threads, int descriptors, double mib) in measured)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"after {round} of {Rounds}: {threads} threads, {descriptors} descriptors, {mib:F2} MiB"
                )
            );
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{broker.Accepted} connections in {running.Elapsed.TotalSeconds:F0} s"
        );

        // Tests beside this one come and go with theirs.
        (_, int threadsBefore, int descriptorsBefore, double before) = measured[1];
        (_, int threadsAfter, int descriptorsAfter, double after) = measured[^1];
        Assert.InRange(threadsAfter - threadsBefore, -200, 20 + (Rounds / 10));
        Assert.InRange(descriptorsAfter - descriptorsBefore, -400, 60 + (Rounds / 10));
        Assert.InRange(after - before, -500, 20);
    }

    private static async Task EndAsync(FaultBroker broker, LinkUnderTest link, int way)
    {
        broker.Script = new BrokerScript { Resets = way == 1 };
        switch (way)
        {
            case 0 or 1:
                broker.CloseAll();
                break;
            case 2:
                await broker.DisconnectAsync(0x8B);
                break;
            case 3:
                await broker.SendAsync([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
                break;
            case 4:
                // Nothing comes any more: half-open.
                broker.Script = new BrokerScript { IsSilent = true };
                int lines = link.Log.Count;
                await link.AdvanceUntilAsync(
                    () =>
                        link
                            .Log.Skip(lines)
                            .Any(line => line.Contains("(silent)", StringComparison.Ordinal)),
                    25,
                    "silence noticed"
                );
                broker.Script = new BrokerScript();
                return;
            default:
                broker.Script = new BrokerScript { ClosesAtSubscribe = true };
                broker.CloseAll();
                int before = broker.Accepted;
                await link.AdvanceUntilAsync(() => broker.Accepted > before, 600, "a try");
                broker.Script = new BrokerScript();
                return;
        }

        await FaultBroker.UntilAsync(() => !link.Link.IsConnected, "the end noticed");
    }

    private static (int Round, int Threads, int Descriptors, double MiB) Measure(int round)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        using Process self = Process.GetCurrentProcess();
        return (
            round,
            self.Threads.Count,
            Directory.GetFileSystemEntries("/proc/self/fd").Length,
            GC.GetTotalMemory(forceFullCollection: true) / (double)(1 << 20)
        );
    }
}
