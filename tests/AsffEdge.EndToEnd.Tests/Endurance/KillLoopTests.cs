using System.Diagnostics;
using System.Globalization;
using AsffEdge.Agent.Tests;
using AsffEdge.Agent.Tests.Cameras;
using AsffEdge.Agent.Tests.Cameras.Faults;
using AsffEdge.Detection.Tests;
using AsffEdge.EndToEnd.Tests.Fixtures;
using AsffEdge.Messaging;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>
/// SIGKILL at random moments over one state directory: while the agent starts, tells events, stores profiles, with a broker that is away
/// part of the time. <c>ASFF_KILL_ROUNDS</c> says how often, <c>ASFF_AGENT</c> which binary.
/// </summary>
public sealed class KillLoopTests : IDisposable
{
    private const string Rounds = "ASFF_KILL_ROUNDS";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _state = new();
    private readonly TestVideo _video = new();
    private readonly ColourCells _model = new();

    // Black, because the model sees an object in every cell with a colour.
    private readonly FaultRtspServer _camera = new(EncodedVideo.Moving(320, 180, source: "color"));
    private readonly Random _random = new(17);
    private readonly HashSet<(string Boot, long EventSeq)> _stored = [];
    private long _revision;
    private int _brokerChanges;
    private int _openAtKills;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _camera.Dispose();
        _model.Dispose();
        _video.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task After_every_kill_no_event_is_missing_and_no_state_torn_and_every_start_has_one_end()
    {
        int rounds = int.Parse(
            Environment.GetEnvironmentVariable(Rounds) ?? "6",
            CultureInfo.InvariantCulture
        );
        string configuration = WriteConfiguration(out LastingBroker broker);
        await using LastingBroker _ = broker;
        await broker.StartAsync();
        await using EventLedger ledger = await EventLedger.ConnectAsync(Site.AgentId, broker.Port);
        Stopwatch elapsed = Stopwatch.StartNew();
        for (int round = 1; round <= rounds; round++)
        {
            await KillOnceAsync(configuration, broker, ledger);
            if (round % 50 == 0)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(
                    $"{round} kills after {elapsed.Elapsed.TotalMinutes:0.0} min: {ledger.Count} events"
                );
            }
        }

        await StartBrokerAsync(broker, ledger);
        await using (ChildProcess last = Start(configuration))
        {
            int before = ledger.Count;
            await UntilAsync(
                () => ledger.Count > before + 20 && _stored.All(ledger.Has),
                last,
                () =>
                    $"of {_stored.Count} stored events {_stored.Count(key => !ledger.Has(key))} are missing"
            );
            last.Terminate();
            Assert.Equal(0, await last.WaitForExitAsync(Patience));
            CheckLog(last);
        }

        await UntilAsync(
            () => Open(ledger.Told) == 0,
            null,
            () =>
                $"{Open(ledger.Told)} tracks are open, {LeftBehind.In(_state.Path).Waiting.Count} events wait"
        );
        TrackMessage[] told = ledger.Told;
        Check(told);
        TrackMessage[] once = [.. told.DistinctBy(EventLedger.Key)];
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} kills in {elapsed.Elapsed.TotalMinutes:0.0} min, the broker stopped or started {_brokerChanges} times: "
                + $"{once.Length} events, {told.Length - once.Length} repetitions, {_stored.Count} seen on disk after a kill, "
                + $"{_openAtKills} tracks open at kills, "
                + $"{once.Count(happened => happened is { Event: "end", Reason: "restart" })} ended by the next start, revision {_revision}"
        );
    }

    private async Task KillOnceAsync(string configuration, LastingBroker broker, EventLedger ledger)
    {
        await using ChildProcess agent = Start(configuration);
        // A third of the kills hit the start, whatever it has come to; the others an agent that tells events.
        bool isEarly = _random.Next(3) == 0;
        long written = Written();
        int before = ledger.Count;
        Task profiles = WantProfilesAsync(agent, ledger);
        if (_random.Next(4) == 0)
        {
            await Task.Delay(_random.Next(1000), Ct);
            await ChangeAsync(broker, ledger);
        }

        if (!isEarly)
        {
            await UntilAsync(
                () => broker.IsUp ? ledger.Count > before + 1 : Written() > written,
                agent,
                () => $"no event; the broker is {(broker.IsUp ? "up" : "away")}"
            );
        }

        await Task.Delay(_random.Next(isEarly ? 1500 : 800), Ct);
        int[] children = ChildProcesses.Of(agent.Id, "ffmpeg");
        long reported = ledger.Reported;
        agent.KillAlone();
        await profiles;
        await UntilAsync(
            () => !children.Any(ChildProcesses.IsRunning),
            null,
            () => "ffmpeg outlives its agent"
        );
        CheckLog(agent);
        LeftBehind left = LeftBehind.In(_state.Path);
        Assert.True(
            left.Revision >= reported,
            $"revision {reported} was reported as in force, but {left.Revision} is stored"
        );
        _stored.UnionWith(left.Waiting);
        _openAtKills += (int)left.OpenTracks;
    }

    private async Task WantProfilesAsync(ChildProcess agent, EventLedger ledger)
    {
        while (!agent.HasExited)
        {
            _revision++;
            await ledger.WantAsync(_revision, _revision % 2 == 0 ? "fast" : "balanced");
            await Task.Delay(70, Ct);
        }
    }

    private async Task ChangeAsync(LastingBroker broker, EventLedger ledger)
    {
        _brokerChanges++;
        if (broker.IsUp)
        {
            await broker.StopAsync();
        }
        else
        {
            await StartBrokerAsync(broker, ledger);
        }
    }

    private static async Task StartBrokerAsync(LastingBroker broker, EventLedger ledger)
    {
        if (!broker.IsUp)
        {
            await broker.StartAsync();
        }

        await ledger.ConnectAsync();
    }

    // The write-ahead log is written with every transaction; its length alone need not change.
    private long Written()
    {
        FileInfo log = new(Path.Combine(_state.Path, "outbox.db-wal"));
        return log.Exists ? log.LastWriteTimeUtc.Ticks : 0;
    }

    private static ChildProcess Start(string configuration) =>
        ChildProcess.Start(TestPaths.AgentProgram, ["run", "--config", configuration]);

    private string WriteConfiguration(out LastingBroker broker)
    {
        broker = new LastingBroker();
        string yaml = Configuration.Yaml(
            broker.Port,
            _model.Write(),
            _state.Path,
            [
                ("dock-1", BlinkingClip.Write(_video, "one.avi")),
                ("dock-2", BlinkingClip.Write(_video, "two.avi", phase: 5)),
                ("gate", _camera.Address),
            ]
        );
        // Rounds without a broker leave more than what is caught up on in the short lives of the others, at the pace meant for live sites.
        yaml = yaml.Replace(
            "health_interval_s: 5",
            "health_interval_s: 5\n  outbox: { drain_per_s: 10000 }",
            StringComparison.Ordinal
        );
        string zoned = yaml.Replace(
            "  - id: dock-1",
            "  - id: dock-1\n    zones: { all: { corners: [0 0, 1 0, 1 1, 0 1] } }",
            StringComparison.Ordinal
        );
        string path = _video.PathOf("agent.yaml");
        File.WriteAllText(
            path,
            $"{zoned}\ntracking: {{ confirm_after: 1, max_lost_s: 0.1, update_every_s: 0.03 }}\n"
        );
        return path;
    }

    private static void CheckLog(ChildProcess agent)
    {
        string log = agent.Log;
        Assert.All(
            [
                "cannot be used",
                "cannot be read",
                "cannot be written",
                "damaged",
                "dropped",
                "Unhandled",
            ],
            words => Assert.DoesNotContain(words, log, StringComparison.Ordinal)
        );
    }

    private static int Open(TrackMessage[] told) =>
        told.DistinctBy(EventLedger.Key)
            .GroupBy(happened => happened.Track.Id)
            .Count(track => track.All(happened => happened.Event != "end"));

    private static void Check(TrackMessage[] told)
    {
        TrackMessage[] once = [.. told.DistinctBy(EventLedger.Key)];
        foreach (IGrouping<string, TrackMessage> boot in once.GroupBy(happened => happened.Boot))
        {
            Assert.Equal(
                Enumerable.Range(1, boot.Count()).Select(seq => (long)seq),
                boot.Select(happened => happened.EventSeq)
            );
        }

        foreach (
            IGrouping<string, TrackMessage> track in once.GroupBy(happened => happened.Track.Id)
        )
        {
            TrackMessage[] life = [.. track];
            Assert.Equal("start", life[0].Event);
            Assert.Equal("end", life[^1].Event);
            Assert.Single(life, happened => happened.Event == "start");
            Assert.Single(life, happened => happened.Event == "end");
            Assert.Equal(
                life.Count(happened => happened.Event == "zone_enter"),
                life.Count(happened => happened.Event == "zone_leave")
            );
        }

        // What came twice says the same both times, but that it is late.
        Assert.All(
            told.GroupBy(EventLedger.Key),
            same =>
                Assert.Single(
                    same.Select(happened => (happened.Event, happened.Track.Id, happened.Ts))
                        .Distinct()
                )
        );
        Assert.Contains(once, happened => happened.Reason == "lost");
        Assert.Contains(once, happened => happened.Reason == "restart");
    }

    private static async Task UntilAsync(
        Func<bool> condition,
        ChildProcess? agent,
        Func<string> what
    )
    {
        Stopwatch waiting = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waiting.Elapsed < Patience, $"{what()}\n{agent?.Log}");
            await Task.Delay(10, Ct);
        }
    }
}
