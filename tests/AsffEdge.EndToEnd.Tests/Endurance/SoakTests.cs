using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using AsffEdge.Agent.Tests;
using AsffEdge.Agent.Tests.Cameras.Faults;
using AsffEdge.Detection.Tests;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>
/// An agent with four cameras that is given no peace: its cameras, its broker, its disk and its profiles fail in turns, for as long as
/// <c>ASFF_SOAK_MINUTES</c> says (<c>make soak</c>). It must take no more memory, handles, threads or children at the end than after the
/// warm-up, lose no event, and be well when all is over.
/// </summary>
[Trait("Category", "Slow")]
public sealed class SoakTests : IAsyncDisposable
{
    private const string Minutes = "ASFF_SOAK_MINUTES";
    private const string Default = "2";
    private const int Cameras = 3;
    private const int Samples = 400;
    private const int ProgressEvery = 20; // samples
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SmallDisk _disk = new(megabytes: 24);
    private readonly TestVideo _video = new();
    private readonly ColourCells _model = new();
    private readonly LastingBroker _broker = new();
    private readonly FaultRtspServer[] _cameras =
    [
        .. Enumerable.Range(0, Cameras).Select(_ => new FaultRtspServer { Fps = 10 }),
    ];

    private readonly Random _random = new(29);
    private readonly Dictionary<string, int> _done = [];
    private long _revision;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (FaultRtspServer camera in _cameras)
        {
            camera.Dispose();
        }

        await _broker.DisposeAsync();
        _model.Dispose();
        _video.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public async Task Faults_in_a_loop_leave_memory_handles_threads_and_children_flat_and_no_event_missing()
    {
        TimeSpan duration = TimeSpan.FromMinutes(
            double.Parse(
                Environment.GetEnvironmentVariable(Minutes) ?? Default,
                CultureInfo.InvariantCulture
            )
        );
        await _broker.StartAsync();
        await using EventLedger ledger = await EventLedger.ConnectAsync(Site.AgentId, _broker.Port);
        await using ChildProcess agent = ChildProcess.Start(
            TestPaths.AgentProgram,
            ["run", "--config", WriteConfiguration()]
        );
        Stopwatch elapsed = Stopwatch.StartNew();
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        over.CancelAfter(duration);
        Task<List<ProcessSample>> sampling = SampleAsync(agent, elapsed, duration, over.Token);
        while (!over.IsCancellationRequested)
        {
            await OneFaultAsync(ledger, over.Token);
            Assert.False(agent.HasExited, agent.Log);
        }

        List<ProcessSample> samples = await sampling;
        await EndFaultsAsync(ledger);
        await WaitUntilWellAsync(agent);
        agent.Terminate();
        int code = await agent.WaitForExitAsync(TimeSpan.FromSeconds(10));
        Assert.True(code == 0, agent.Log);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{elapsed.Elapsed.TotalMinutes:0.0} min: {ledger.Count} events; "
                + string.Join(", ", _done.Select(fault => $"{fault.Value} × {fault.Key}"))
                + $"\n{SampleReport.Write("soak", "connections", samples)}"
        );
        CheckEvents(ledger);
        Assert.Empty(LeakCheck.Find(samples));
    }

    private async Task<List<ProcessSample>> SampleAsync(
        ChildProcess agent,
        Stopwatch elapsed,
        TimeSpan duration,
        CancellationToken over
    )
    {
        // At most a few hundred, whatever the duration: every pair of them is looked at.
        TimeSpan interval = TimeSpan.FromSeconds(Math.Max(1, duration.TotalSeconds / Samples));
        List<ProcessSample> samples = [];
        using PeriodicTimer timer = new(interval);
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                samples.Add(
                    ProcessSample.Of(
                        agent.Id,
                        elapsed.Elapsed.TotalSeconds,
                        _cameras.Sum(camera => camera.Plays)
                    )
                );
                if (samples.Count % ProgressEvery == 0)
                {
                    TestContext.Current.TestOutputHelper?.WriteLine(SampleReport.Line(samples[^1]));
                }
            }
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested) { }

        return samples;
    }

    private async Task OneFaultAsync(EventLedger ledger, CancellationToken over)
    {
        try
        {
            switch (_random.Next(8))
            {
                case 0:
                    await CameraFaultAsync(RtspFault.Stall, 6500, over);
                    break;
                case 1:
                    await CameraFaultAsync(RtspFault.Reset, 300, over);
                    break;
                case 2:
                    await CameraFaultAsync(RtspFault.BlackHole, 2500, over, isReset: true);
                    break;
                case 3:
                    await CameraFaultAsync(RtspFault.Corruption, 2000, over);
                    break;
                case 4:
                    ChangeSize();
                    await Task.Delay(500, over);
                    break;
                case 5:
                    await BrokerAwayAsync(ledger, over);
                    break;
                case 6:
                    await ProfileStormAsync(ledger, over);
                    break;
                default:
                    await FullDiskAsync(over);
                    break;
            }

            await Task.Delay(_random.Next(1000), over);
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested) { }
    }

    private async Task CameraFaultAsync(
        RtspFault fault,
        int milliseconds,
        CancellationToken over,
        bool isReset = false
    )
    {
        Count($"{fault}");
        FaultRtspServer camera = _cameras[_random.Next(Cameras)];
        try
        {
            if (isReset)
            {
                camera.Fault = RtspFault.Reset;
            }

            camera.Fault = fault;
            await Task.Delay(milliseconds, over);
        }
        finally
        {
            camera.Fault = RtspFault.None;
        }
    }

    private void ChangeSize()
    {
        Count("size change");
        FaultRtspServer camera = _cameras[_random.Next(Cameras)];
        camera.Video = Picture(isTall: camera.Video == Picture(isTall: false));
    }

    private async Task BrokerAwayAsync(EventLedger ledger, CancellationToken over)
    {
        Count("broker away");
        await _broker.StopAsync();
        try
        {
            await Task.Delay(_random.Next(4000), over);
        }
        finally
        {
            await _broker.StartAsync();
            await ledger.ConnectAsync();
        }
    }

    private async Task ProfileStormAsync(EventLedger ledger, CancellationToken over)
    {
        Count("50 profiles");
        for (int i = 0; i < 50; i++)
        {
            _revision++;
            await ledger.WantAsync(_revision, _revision % 2 == 0 ? "fast" : "balanced");
            await Task.Delay(10, over);
        }
    }

    private async Task FullDiskAsync(CancellationToken over)
    {
        Count("full disk");
        try
        {
            _disk.Fill(leaveMb: 0);
            await Task.Delay(3000, over);
        }
        finally
        {
            _disk.Free();
        }
    }

    private void Count(string fault) => _done[fault] = _done.GetValueOrDefault(fault) + 1;

    private async Task EndFaultsAsync(EventLedger ledger)
    {
        foreach (FaultRtspServer camera in _cameras)
        {
            camera.Fault = RtspFault.None;
        }

        if (!_broker.IsUp)
        {
            await _broker.StartAsync();
        }

        await ledger.ConnectAsync();
    }

    private async Task WaitUntilWellAsync(ChildProcess agent)
    {
        await using MqttRecorder health = await MqttRecorder.ConnectAsync(
            _broker.Port,
            Site.AgentTopic("health")
        );
        try
        {
            await health.WaitAsync(
                Site.AgentTopic("health"),
                message =>
                    message["outbox"]!["problem"] is null
                    && message["outbox"]!["depth"]!.GetValue<long>() < 50
                    && message["cameras"]!
                        .AsObject()
                        .All(camera => camera.Value!["state"]!.GetValue<string>() == "online"),
                Patience
            );
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}\n{agent.Log}", error);
        }
    }

    private static void CheckEvents(EventLedger ledger)
    {
        long[] numbers = [.. ledger.Told.Select(happened => happened.EventSeq).Distinct()];
        Assert.Single(ledger.Told.Select(happened => happened.Boot).Distinct());
        Assert.Equal(Enumerable.Range(1, numbers.Length).Select(seq => (long)seq), numbers);
    }

    private string WriteConfiguration()
    {
        foreach (FaultRtspServer camera in _cameras)
        {
            camera.Video = Picture(isTall: false);
        }

        string yaml = Configuration.Yaml(
            _broker.Port,
            _model.Write(),
            _disk.IsMounted ? Path.Combine(_disk.Path, "state") : _video.PathOf("state"),
            [
                ("dock-1", BlinkingClip.Write(_video, "clip.avi")),
                .. _cameras.Select((camera, i) => ($"gate-{i}", camera.Address)),
            ]
        );
        string path = _video.PathOf("agent.yaml");
        File.WriteAllText(
            path,
            $"{yaml}\ntracking: {{ confirm_after: 1, max_lost_s: 0.1 }}\n".Replace(
                "health_interval_s: 5",
                "health_interval_s: 1\n  outbox: { min_free_mb: 4 }",
                StringComparison.Ordinal
            )
        );
        return path;
    }

    // Conway's game of life: it moves, and but for its first picture it is too dark for the model to see an object in every cell.
    private static EncodedVideo Picture(bool isTall) =>
        isTall
            ? EncodedVideo.Moving(180, 320, source: "life")
            : EncodedVideo.Moving(320, 180, source: "life");
}
