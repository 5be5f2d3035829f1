using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace AsffEdge.Agent.Outbox;

/// <summary>
/// Sends what is in the outbox, in order, and removes it on the broker's acknowledgement. What waited is marked as late and sent at a
/// limited rate, so that catching up after an outage leaves room for what is live.
/// </summary>
internal sealed class OutboxSender(
    DiskOutbox outbox,
    MqttLink link,
    MqttOptions options,
    TimeProvider time
) : BackgroundService
{
    // Unacknowledged messages at a time. Brokers take 10 or 20 of a client, and others of the agent need room too.
    private const int Window = 8;
    private const int ReadAtOnce = 64;
    private const int MostRefusals = 3;
    private static readonly TimeSpan TidyEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(20); // timers are no finer
    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(1.5);
    private static readonly List<MqttUserProperty> EventProperties = Schema(TrackMessage.Schema);
    private static readonly List<MqttUserProperty> FrameProperties = Schema(FrameMessage.Schema);

    private readonly Queue<OutboxMessage> _read = new();
    private readonly Queue<(long Id, Task<PublishOutcome> Outcome)> _sent = new();
    private TimeSpan _pause = TidyEvery;
    private long _lastRead;
    private int _refusals;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await SendAllAsync(isPaced: true, stoppingToken).ConfigureAwait(false);
                await WaitAsync(stoppingToken).ConfigureAwait(false);
                outbox.Tidy();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await DrainAsync().ConfigureAwait(false);
        }
    }

    // Whatever wrote into the outbox has stopped by now. What cannot be sent in time is sent after the next start.
    private async Task DrainAsync()
    {
        using CancellationTokenSource deadline = new(DrainWithin, time);
        try
        {
            await SendAllAsync(isPaced: false, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested) { }

        outbox.Tidy();
    }

    /// <summary>Sends until nothing is left, or something cannot be sent.</summary>
    private async Task SendAllAsync(bool isPaced, CancellationToken ct)
    {
        long started = time.GetTimestamp();
        long newest = outbox.LastId;
        long late = 0;
        while (link.IsConnected)
        {
            // All of the window is on its way before the first is acknowledged; the broker takes and acknowledges them in this order.
            while (_sent.Count < Window && TryRead(out OutboxMessage? next))
            {
                bool isLate = outbox.IsLate(next);
                late += isLate ? 1 : 0;
                // Not to be cancelled: what is on its way when the agent stops need not be sent again.
                Task<PublishOutcome> publishing = link.PublishAsync(
                        ToMqtt(next, isLate),
                        CancellationToken.None
                    )
                    .AsTask();
                _sent.Enqueue((next.Id, publishing));
            }

            if (!_sent.TryPeek(out (long Id, Task<PublishOutcome> Outcome) first))
            {
                break;
            }

            PublishOutcome outcome = await first.Outcome.WaitAsync(ct).ConfigureAwait(false);
            if (outcome == PublishOutcome.TooLarge)
            {
                _sent.Dequeue();
                outbox.Refuse(first.Id);
                continue;
            }

            if (outcome != PublishOutcome.Taken)
            {
                await NoteRefusalAsync(first.Id, ct).ConfigureAwait(false);
                break;
            }

            _sent.Dequeue();
            outbox.Acknowledge(first.Id);
            (_pause, _refusals) = (TidyEvery, 0);

            // What has come meanwhile stands behind what is late and becomes so itself. It must not use up the rate, or nothing would be caught up on
            // where more comes than that.
            long caughtUp = late - (outbox.LastId - newest);
            TimeSpan due = TimeSpan.FromSeconds((double)caughtUp / options.Outbox.DrainPerS);
            TimeSpan ahead = due - time.GetElapsedTime(started);
            if (isPaced && ahead > Ahead)
            {
                await Task.Delay(ahead, time, ct).ConfigureAwait(false);
            }
        }

        _read.Clear();
        _sent.Clear();
        _lastRead = 0;
    }

    private bool TryRead([NotNullWhen(true)] out OutboxMessage? next)
    {
        if (_read.Count == 0)
        {
            foreach (OutboxMessage message in outbox.Peek(ReadAtOnce, _lastRead))
            {
                _read.Enqueue(message);
                _lastRead = message.Id;
            }
        }

        return _read.TryDequeue(out next);
    }

    // A broker that refuses everything may take it once its owner has granted that. One that takes others never takes this one. Without a
    // connection nothing is lost by trying soon.
    private async Task NoteRefusalAsync(long id, CancellationToken ct)
    {
        PublishOutcome[] outcomes = await Task.WhenAll(_sent.Select(sent => sent.Outcome))
            .WaitAsync(ct)
            .ConfigureAwait(false);
        if (!link.IsConnected)
        {
            return;
        }

        _refusals = outcomes.Contains(PublishOutcome.Taken) ? _refusals + 1 : 0;
        if (_refusals == MostRefusals)
        {
            outbox.Refuse(id);
            _refusals = 0;
            return;
        }

        await Task.Delay(_pause, time, ct).ConfigureAwait(false);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        using CancellationTokenSource tick = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task next = link.IsConnected
            ? outbox.WaitAsync(tick.Token).AsTask()
            : link.WaitConnectedAsync(tick.Token);
        await Task.WhenAny(next, Task.Delay(TidyEvery, time, tick.Token)).ConfigureAwait(false);
        await tick.CancelAsync().ConfigureAwait(false);
        await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    private MqttApplicationMessage ToMqtt(OutboxMessage message, bool isLate)
    {
        byte[] payload = message.Entry.Payload;
        MqttApplicationMessage mqtt = new()
        {
            Topic = message.Entry.Topic,
            Payload = new ReadOnlySequence<byte>(isLate ? LateMark.Set(payload) : payload),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
        if (ClientOptions.IsVersion5(options))
        {
            mqtt.ContentType = "application/json";
            mqtt.UserProperties =
                message.Entry.Kind == OutboxKind.Event ? EventProperties : FrameProperties;
        }

        return mqtt;
    }

    private static List<MqttUserProperty> Schema(string name) =>
        [new("schema", new ReadOnlyMemory<byte>(System.Text.Encoding.UTF8.GetBytes(name)))];
}
