using System.Text.Json;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Commands;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Fleet.Simulation;

/// <summary>
/// One agent: the connection, the control plane and the commands that a device runs, over a pipeline that only pretends. It has no timers and
/// no thread of its own; whoever holds it lets its time pass by <see cref="InferFrame"/> and <see cref="PublishHealthAsync"/>.
/// </summary>
internal sealed class SimulatedAgent : IDisposable
{
    private const string Online = "online";

    private readonly AgentPlan _plan;
    private readonly ProfileBook _book;
    private readonly Topics _topics;
    private readonly TimeProvider _time;
    private readonly BootId _boot;
    private readonly RetainedBoard _board = new();
    private readonly FirstFrameWatch _frames = new();
    private readonly SimulatedPipeline _pipeline;
    private readonly ProfileController _controller;
    private readonly MqttLink _link;
    private readonly ControlPlane _plane;
    private volatile ReportedDocument? _reported;
    private Task _publishing = Task.CompletedTask;

    /// <summary>An agent that is not started.</summary>
    /// <param name="plan">Who it is and what it cannot do.</param>
    /// <param name="book">Its profiles and cameras.</param>
    /// <param name="link">Its connection.</param>
    /// <param name="stateFolder">A folder for its state, which need not exist.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where what it logs goes.</param>
    /// <param name="stopping">Makes it say that it stops.</param>
    public SimulatedAgent(
        AgentPlan plan,
        ProfileBook book,
        LinkOptions link,
        string stateFolder,
        TimeProvider time,
        ILoggerFactory logs,
        CancellationToken stopping
    )
    {
        _plan = plan;
        _book = book;
        _topics = new Topics(link.Broker.Root);
        _time = time;
        _boot = BootId.New(time);
        _pipeline = new SimulatedPipeline(plan, book.Cameras.Count, time);
        _controller = new ProfileController(
            book,
            plan.Groups,
            new DesiredStore(stateFolder, logs.CreateLogger<DesiredStore>()),
            _pipeline,
            _pipeline,
            Publish,
            time,
            logs.CreateLogger<ProfileController>()
        );
        _pipeline.Selection = _controller.Selection;
        _link = new MqttLink(
            link,
            _topics,
            _boot,
            _board,
            time,
            logs.CreateLogger<MqttLink>(),
            stopping
        );
        CommandDesk desk = new(
            plan.Id,
            _topics,
            [new PingHandler(), new ProfileSetHandler(_controller, _frames, time)],
            _link.TryPublishAsync,
            time,
            logs.CreateLogger<CommandDesk>()
        );
        _plane = new ControlPlane(
            plan.Id,
            plan.Groups,
            _topics,
            _link,
            _controller,
            desk,
            logs.CreateLogger<ControlPlane>()
        );
        Describe();
    }

    /// <summary>Whether it is connected, as far as known.</summary>
    public bool IsConnected => _link.IsConnected;

    /// <summary>What became of the last document; null before it has reported anything.</summary>
    public ReportedState? State => _reported?.State;

    /// <summary>What it has exchanged with the broker.</summary>
    public LinkTraffic Traffic => _link.Traffic;

    /// <summary>Connects, and leaves again if it is one that is away. Completes when it is there, or was.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        await _link.StartAsync(ct).ConfigureAwait(false);
        await _plane.StartAsync(ct).ConfigureAwait(false);
        await _link.WaitConnectedAsync(ct).ConfigureAwait(false);
        if (_plan.IsAway)
        {
            await StopAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lets one frame of a camera pass.</summary>
    public void InferFrame() => _frames.OnFrame(_controller.Selection.Current.Change);

    /// <summary>Publishes how it is, and what it runs anew, unless the last time has not ended yet.</summary>
    public Task PublishHealthAsync(CancellationToken ct) =>
        _publishing = _publishing.IsCompleted ? PublishAsync(ct) : _publishing;

    /// <summary>Publishes what it has still to say, says goodbye and leaves. Does nothing when it has left.</summary>
    public async Task StopAsync()
    {
        await _plane.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _link.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plane.Dispose();
        _controller.Dispose();
        _link.Dispose();
    }

    private async Task PublishAsync(CancellationToken ct)
    {
        MqttApplicationMessage message = new()
        {
            Topic = _topics.Health(_plan.Id),
            PayloadSegment = JsonSerializer.SerializeToUtf8Bytes(
                Measure(),
                MessageJson.Wire.HealthMessage
            ),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
        await _link.TryPublishAsync(message, ct).ConfigureAwait(false);
        _controller.Report();
    }

    private void Publish(ReportedDocument reported)
    {
        _board.Set(
            _topics.Reported(_plan.Id),
            JsonSerializer.SerializeToUtf8Bytes(reported, MessageJson.Wire.ReportedDocument)
        );
        _reported = reported; // counted once it is on its way
    }

    private void Describe()
    {
        InfoMessage info = SimulatedInfo.Of(_plan, _book, _boot);
        _board.Set(
            _topics.Info(_plan.Id),
            JsonSerializer.SerializeToUtf8Bytes(info, MessageJson.Wire.InfoMessage)
        );
        CameraStatusMessage online = new(Online, null, null, _boot.Started);
        byte[] status = JsonSerializer.SerializeToUtf8Bytes(
            online,
            MessageJson.Wire.CameraStatusMessage
        );
        foreach (string camera in _book.Cameras)
        {
            _board.Set(_topics.CameraStatus(_plan.Id, camera), status);
        }
    }

    private HealthMessage Measure() =>
        new()
        {
            Ts = _time.GetUtcNow().UtcDateTime,
            Boot = _boot.Value,
            UptimeS = (long)(_time.GetUtcNow().UtcDateTime - _boot.Started).TotalSeconds,
            Published = 0,
            Dropped = 0,
            Cameras = Enumerable
                .Range(0, _book.Cameras.Count)
                .ToDictionary(
                    camera => _book.Cameras[camera],
                    camera => new CameraHealth(
                        Online,
                        _pipeline.Performance(camera).Fps ?? 0,
                        Skipped: 0,
                        Reconnects: 0,
                        _pipeline.Performance(camera).InferenceMsP50,
                        _pipeline.Performance(camera).InferenceMsP50
                    ),
                    StringComparer.Ordinal
                ),
        };
}
