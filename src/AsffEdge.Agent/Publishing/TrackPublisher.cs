using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Outbox;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Publishing;

/// <summary>
/// Tells what befalls tracks, through the outbox, and how many objects there are, as retained numbers. At the start it ends the tracks that
/// a process before it left open, at the stop its own.
/// </summary>
internal sealed partial class TrackPublisher(
    AgentConfiguration configuration,
    Topics topics,
    FrameMessageContext context,
    TrackingSink tracking,
    TrackEventQueue events,
    DiskOutbox outbox,
    RetainedBoard board,
    TimeProvider time,
    ILogger<TrackPublisher> logger
) : BackgroundService
{
    private const int Batch = 256;
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    private readonly TrackMessages _messages = new(configuration, context, tracking);
    private readonly CountBoard _counts = new(
        configuration,
        topics,
        context.Labels,
        tracking,
        outbox,
        board
    );
    private long _refused;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        EndTracksOfEarlierProcess();
        _counts.ClearEarlier();
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        tracking.Close();
        Publish();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                tracking.EndAbsent();
                Publish();
                await WaitAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        using CancellationTokenSource tick = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<bool> next = events.WaitAsync(tick.Token).AsTask();
        await Task.WhenAny(next, Task.Delay(CheckEvery, time, tick.Token)).ConfigureAwait(false);
        await tick.CancelAsync().ConfigureAwait(false);
        await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    private void Publish()
    {
        List<OutboxEntry> batch = new(Batch);
        do
        {
            batch.Clear();
            while (batch.Count < Batch && events.TryTake(out TrackEvent happened))
            {
                TrackMessage message = _messages.Of(happened);
                batch.Add(Entry(topics.Events(message.Agent, message.Camera), message));
            }

            if (batch.Count > 0)
            {
                outbox.Append(batch);
            }
        } while (batch.Count == Batch);

        _counts.Publish();
        if (events.Refused != _refused)
        {
            _refused = events.Refused;
            Log.NoRoom(logger, _refused);
        }
    }

    private void EndTracksOfEarlierProcess()
    {
        List<OutboxEntry> ends = [];
        foreach (OpenTrack open in outbox.OpenTracks())
        {
            try
            {
                TrackMessage last = JsonSerializer.Deserialize(
                    open.LastEvent,
                    MessageJson.Wire.TrackMessage
                )!;
                ends.AddRange(
                    _messages.EndAfterRestart(last).Select(end => Entry(open.Topic, end))
                );
            }
            catch (JsonException error)
            {
                Log.NoEnd(logger, open.Track, error.Message);
                outbox.Forget(open.Track);
            }
        }

        if (ends.Count > 0)
        {
            outbox.Append(ends);
        }
    }

    private static OutboxEntry Entry(string topic, TrackMessage message) =>
        new(
            OutboxKind.Event,
            topic,
            JsonSerializer.SerializeToUtf8Bytes(message, MessageJson.Wire.TrackMessage)
        )
        {
            Track = message.Track.Id,
            EndsTrack = message.Event == "end",
        };

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Error,
            "Track {Track} was open when the agent ended, and what is stored of it cannot be read: {Reason}"
        )]
        public static partial void NoEnd(ILogger logger, string track, string reason);

        [LoggerMessage(
            LogLevel.Warning,
            "The outbox takes events more slowly than they come: {Count} were not told or later, since the start"
        )]
        public static partial void NoRoom(ILogger logger, long count);
    }
}
