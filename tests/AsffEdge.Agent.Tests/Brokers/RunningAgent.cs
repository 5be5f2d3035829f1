using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Hosting;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Detection.Tests;
using AsffEdge.Tests.Brokers;
using Microsoft.Extensions.Logging;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>
/// A whole agent in this process: the detector whose answers are known by construction over a looped clip of one red cell.
/// </summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    public const string Id = "gate-07";

    private readonly ColourCells _model = new();
    private readonly TestVideo _video = new();
    private readonly TemporaryFolder _state = new();
    private readonly LogLines _log = new();
    private AgentHost? _host;
    private CancellationTokenSource _stop = new();
    private Task<int> _run = Task.FromResult(0);

    public RunningAgent(MqttOptions broker, AutoOptions? auto = null)
    {
        using Mat picture = ColourCells.Picture(320, 320, (new Rect(64, 96, 32, 32), Scalar.Red));
        Configuration = new AgentConfiguration
        {
            Agent = new AgentOptions { Id = Id },
            StateDirectory = _state.Path,
            Model = new ModelOptions { Path = _model.Write(), Threads = 1 },
            Profile = "fast",
            Auto = auto ?? new AutoOptions(),
            Cameras =
            [
                new CameraOptions
                {
                    Id = "dock-1",
                    Source = _video.Write("dock-1.avi", 50, 25, picture),
                },
                new CameraOptions { Id = "dock-2", Source = _video.PathOf("none.avi") },
            ],
            Mqtt = broker,
            Web = new WebOptions { Enabled = false },
        };
    }

    public AgentHost Host => _host!;

    /// <summary>What it starts with the next time.</summary>
    public AgentConfiguration Configuration { get; set; }

    public IReadOnlyCollection<string> Log => _log.Lines;

    /// <summary>Sinks that get its frames too.</summary>
    public IReadOnlyList<IFrameResultSink> Sinks { get; init; } = [];

    public void Start()
    {
        _host = AgentHost.Build(
            Configuration,
            new AgentHostOptions
            {
                Logging = logging => logging.AddProvider(_log),
                FrameSinks = Sinks,
            }
        );
        _stop = new CancellationTokenSource();
        _run = _host.RunAsync(_stop.Token);
    }

    /// <summary>Stops it as SIGTERM would.</summary>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        int exitCode = await _run;
        if (_host is { } host)
        {
            await host.DisposeAsync();
            _host = null;
        }

        return exitCode;
    }

    /// <summary>Waits for a line that holds <paramref name="text"/>; of <paramref name="other"/> it will do too.</summary>
    public async Task WaitForLogAsync(string text, RunningAgent? other = null)
    {
        for (int waited = 0; waited < 1500; waited++)
        {
            if (
                Log.Concat(other?.Log ?? [])
                    .Any(line => line.Contains(text, StringComparison.Ordinal))
            )
            {
                return;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"'{text}' was not logged, but:\n{string.Join('\n', Log)}");
    }

    /// <summary>Waits for its connection to the broker of this number, from 1.</summary>
    public Task WaitForConnectionAsync(int number) =>
        FaultBroker.UntilAsync(
            () =>
                Log.Count(line => line.Contains("Connected to", StringComparison.Ordinal))
                >= number,
            $"connection {number}"
        );

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _log.Dispose();
        _state.Dispose();
        _video.Dispose();
        _model.Dispose();
    }
}
