using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Outbox;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Telemetry;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace AsffEdge.Agent.Publishing;

/// <summary>
/// Publishes a message for every inferred frame. The inference thread only writes it into a buffer from a fixed pool; a task of its own
/// hands the buffers to the broker. While that is slower than the frames come, the oldest messages are dropped and counted.
/// </summary>
public sealed class DetectionPublisher : BackgroundService, IFrameResultSink
{
    private const int QueuedMessages = 64;
    private const int UsualBytes = 4096;
    private const uint ExpiryS = 30;
    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(1);

    private static readonly List<MqttUserProperty> Properties =
    [
        new(
            "schema",
            new ReadOnlyMemory<byte>(System.Text.Encoding.UTF8.GetBytes(FrameMessage.Schema))
        ),
    ];

    private readonly MqttLink _link;
    private readonly DiskOutbox? _outbox;
    private readonly StageTimes? _stages;
    private readonly JsonEncodedText[][] _zones;
    private readonly FrameMessageWriter _writer;
    private readonly MqttApplicationMessage[] _byCamera;
    private readonly Channel<Buffered> _queue;
    private readonly ConcurrentQueue<Buffered> _free = new();
    private long _published;
    private long _dropped;

    /// <summary>A publisher for the cameras of the configuration.</summary>
    public DetectionPublisher(
        AgentConfiguration configuration,
        Topics topics,
        FrameMessageContext context,
        MqttLink link
    )
        : this(configuration, topics, context, link, null, null) { }

    /// <summary>A publisher that keeps in <paramref name="outbox"/>, where there is one, what the broker has not acknowledged, and notes in <paramref name="stages"/> how long it took.</summary>
    internal DetectionPublisher(
        AgentConfiguration configuration,
        Topics topics,
        FrameMessageContext context,
        MqttLink link,
        DiskOutbox? outbox,
        StageTimes? stages
    )
    {
        _link = link;
        _outbox = outbox;
        _stages = stages;
        _zones =
        [
            .. configuration.Cameras.Select(camera => FrameMessageWriter.Encode(camera.Zones.Keys)),
        ];
        _writer = new FrameMessageWriter(context);
        _byCamera =
        [
            .. configuration.Cameras.Select(camera =>
                NewMessage(topics.Detections(configuration.Agent.Id, camera.Id), configuration.Mqtt)
            ),
        ];
        _queue = Channel.CreateBounded<Buffered>(
            new BoundedChannelOptions(QueuedMessages)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
                SingleReader = true,
            },
            dropped =>
            {
                Interlocked.Increment(ref _dropped);
                _free.Enqueue(dropped);
            }
        );

        // One more for the writer and one for the sender.
        for (int index = 0; index < QueuedMessages + 2; index++)
        {
            _free.Enqueue(new Buffered());
        }
    }

    /// <summary>Messages handed to the broker.</summary>
    public long Published => Interlocked.Read(ref _published);

    /// <summary>Messages dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public void OnFrame(FrameResult result)
    {
        if (!_free.TryDequeue(out Buffered? buffered))
        {
            // Cannot be while buffers are given back; if they are not, frames still must not wait.
            Interlocked.Increment(ref _dropped);
            return;
        }

        buffered.CameraIndex = result.CameraIndex;
        buffered.Since = Stopwatch.GetTimestamp();
        buffered.Bytes.ResetWrittenCount();
        Write(result, buffered.Bytes);
        if (!_queue.Writer.TryWrite(buffered))
        {
            _free.Enqueue(buffered);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _writer.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                if (_outbox is null)
                {
                    await _link.WaitConnectedAsync(stoppingToken).ConfigureAwait(false);
                }

                Buffered next = await _queue.Reader.ReadAsync(stoppingToken).ConfigureAwait(false);
                await PublishAsync(next, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await DrainAsync().ConfigureAwait(false);
        }
    }

    // The pipeline has stopped by now, so this ends: the last frames of a clip are published too.
    private async Task DrainAsync()
    {
        using CancellationTokenSource deadline = new(DrainWithin);
        try
        {
            while (
                (_link.IsConnected || _outbox is not null)
                && _queue.Reader.TryRead(out Buffered? last)
            )
            {
                await PublishAsync(last, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested) { }
    }

    private async ValueTask PublishAsync(Buffered buffered, CancellationToken ct)
    {
        MqttApplicationMessage message = _byCamera[buffered.CameraIndex];
        message.Payload = new ReadOnlySequence<byte>(buffered.Bytes.WrittenMemory);
        bool published = await _link.TryPublishAsync(message, ct).ConfigureAwait(false);
        if (!published && _outbox is not null)
        {
            Keep(buffered, _outbox);
            return;
        }

        if (published)
        {
            _stages?.NotePublished(buffered.CameraIndex, Stopwatch.GetElapsedTime(buffered.Since));
        }

        Interlocked.Increment(ref published ? ref _published : ref _dropped);
        _free.Enqueue(buffered);
    }

    // Together with whatever has come while the last ones were being written.
    private void Keep(Buffered first, DiskOutbox outbox)
    {
        List<OutboxEntry> entries = [];
        Buffered? next = first;
        do
        {
            string topic = _byCamera[next.CameraIndex].Topic;
            byte[] payload = next.Bytes.WrittenSpan.ToArray();
            entries.Add(new OutboxEntry(OutboxKind.Detections, topic, payload));
            _free.Enqueue(next);
        } while (_queue.Reader.TryRead(out next));
        outbox.Append(entries);
    }

    private static MqttApplicationMessage NewMessage(string topic, MqttOptions options)
    {
        MqttApplicationMessage message = new()
        {
            Topic = topic,
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)options.Detections.Qos,
        };
        if (ClientOptions.IsVersion5(options))
        {
            message.MessageExpiryInterval = ExpiryS;
            message.ContentType = "application/json";
            message.UserProperties = Properties;
        }

        return message;
    }

    private void Write(FrameResult result, ArrayBufferWriter<byte> output)
    {
        FrameHead head = new()
        {
            Camera = result.CameraId,
            Stream = result.Stream,
            Sequence = result.Sequence,
            TimestampUtc = result.TimestampUtc,
            TimestampSource = result.TimestampSource,
            Width = result.SourceWidth,
            Height = result.SourceHeight,
            Model = result.Model,
            Profile = result.Profile.Name,
            Size = result.Profile.Size,
            Revision = result.Revision,
            WaitMs = result.WaitMs,
            PreprocessMs = result.PreprocessMs,
            InferenceMs = result.InferenceMs,
            PostprocessMs = result.PostprocessMs,
            TotalMs = result.TotalMs,
            Skipped = result.Skipped,
            Zones = _zones[result.CameraIndex],
        };
        _writer.Begin(output, head);
        for (int index = 0; index < result.Count; index++)
        {
            ref readonly DetectedObject found = ref result.Objects[index];
            _writer.Add(
                new FrameObject(
                    found.ClassId,
                    found.Score,
                    found.Box.Left,
                    found.Box.Top,
                    found.Box.Right,
                    found.Box.Bottom,
                    result.Tracks[index],
                    result.Zones[index]
                )
            );
        }

        _writer.End();
    }

    private sealed class Buffered
    {
        public int CameraIndex { get; set; }

        public long Since { get; set; }

        public ArrayBufferWriter<byte> Bytes { get; } = new(UsualBytes);
    }
}
