using System.Collections.Concurrent;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Hosting;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Pipeline;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Tests.Profiles.Adaptive;

/// <summary>A whole agent with the model of this repository and a file for a camera, on the clock of this machine.</summary>
[Trait("Category", "System")]
public sealed class AdaptiveAgentTests : IFrameResultSink, IAsyncDisposable
{
    private readonly TestVideo _video = new();
    private readonly TemporaryFolder _state = new();
    private readonly LogLines _log = new();
    private readonly ConcurrentQueue<string> _frames = new();
    private readonly CancellationTokenSource _stop = new();
    private AgentHost? _host;
    private Task<int> _run = Task.FromResult(0);
    private volatile int _workMs;

    [Fact]
    public async Task It_climbs_while_there_is_room_and_falls_under_load_and_recovers()
    {
        Start(
            new AutoOptions
            {
                TargetFps = 5,
                MaxLatencyMs = 30_000,
                DwellS = 3,
            }
        );

        await RunsAsync("larger");
        Assert.Equal("smaller", _frames.First());
        _workMs = 600;
        await RunsAsync("smaller");
        _workMs = 0;
        await RunsAsync("larger");

        Assert.Contains(Decisions, line => line.Contains("auto stands for smaller at 320: starts"));
        Assert.Contains(
            Decisions,
            line => line.Contains("auto stands for larger at 352: at 352 the device is expected")
        );
        Assert.Contains(
            Decisions,
            line => line.Contains("auto stands for smaller at 320: 'clip' got ")
        );
    }

    [Fact]
    public async Task A_latency_that_no_device_holds_keeps_it_at_the_smallest_size()
    {
        Start(
            new AutoOptions
            {
                TargetFps = 5,
                MaxLatencyMs = 1,
                DwellS = 3,
            }
        );

        await PipelineFixture.WaitUntilAsync(
            () => Decisions.Any(line => line.Contains("no smaller size is allowed")),
            "that nothing is left to do"
        );

        Assert.All(_frames, profile => Assert.Equal("smaller", profile));
    }

    void IFrameResultSink.OnFrame(FrameResult result)
    {
        _frames.Enqueue(result.Profile.Name);
        Thread.Sleep(_workMs);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Assert.Equal(0, await _run);
        if (_host is { } host)
        {
            await host.DisposeAsync();
        }

        _stop.Dispose();
        _log.Dispose();
        _state.Dispose();
        _video.Dispose();
    }

    private IEnumerable<string> Decisions =>
        _log.Lines.Where(line => line.Contains("auto stands for", StringComparison.Ordinal));

    private void Start(AutoOptions options)
    {
        _host = AgentHost.Build(
            new AgentConfiguration
            {
                Agent = new AgentOptions { Id = "gate-07" },
                StateDirectory = _state.Path,
                Model = new ModelOptions
                {
                    Path = Path.Combine(Repository.Root, "models", "pedestrian.onnx"),
                    Threads = 1,
                },
                Profile = "auto",
                Profiles = new Dictionary<string, ProfileOptions>
                {
                    ["larger"] = new() { Size = 352 },
                    ["smaller"] = new() { Size = 320 },
                },
                Auto = options,
                Cameras =
                [
                    new CameraOptions
                    {
                        Id = "clip",
                        Source = _video.Write("clip.avi", frames: 20, fps: 10),
                    },
                ],
                Mqtt = new MqttOptions { Host = "127.0.0.1", Port = 1 }, // nobody is there
            },
            new AgentHostOptions
            {
                FrameSinks = [this],
                Logging = logging => logging.AddProvider(_log),
            }
        );
        _run = _host.RunAsync(_stop.Token);
    }

    private Task RunsAsync(string profile)
    {
        int seen = _frames.Count;
        return PipelineFixture.WaitUntilAsync(
            () => _frames.Skip(seen).Contains(profile),
            $"a frame at '{profile}'; {string.Join('\n', _log.Lines)}"
        );
    }
}
