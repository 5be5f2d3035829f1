using System.Diagnostics;
using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Footage.Upload;
using AsffEdge.Agent.Outbox;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Agent.Publishing;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Agent.Health;

/// <summary>Publishes how the agent is, every few seconds and whenever something has gone wrong or right again. The acknowledgement of that message is also how the link to the broker is judged.</summary>
internal sealed class HealthReporter(
    AgentConfiguration configuration,
    Topics topics,
    BootId boot,
    VideoPipeline pipeline,
    DetectionPublisher detections,
    MqttLink link,
    ProfileController profiles,
    AutoProfile auto,
    SystemMeter system,
    HealthMonitor monitor,
    TimeProvider time,
    DiskOutbox? outbox = null,
    FootageWriter? footage = null,
    FootageUploader? upload = null
) : BackgroundService
{
    /// <summary>How soon something that has gone wrong, or right again, is told.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly long _started = time.GetTimestamp();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan interval = TimeSpan.FromSeconds(configuration.Mqtt.HealthIntervalS);
        using PeriodicTimer timer = new(LookEvery, time);
        long told = time.GetTimestamp();
        HealthAssessment toldOf = monitor.Assess().OverTheBroker();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                HealthAssessment now = monitor.Assess().OverTheBroker();
                bool isDue = time.GetElapsedTime(told) >= interval - (LookEvery / 2);
                if (isDue || (link.IsConnected && !now.HasReasonsOf(toldOf)))
                {
                    told = time.GetTimestamp();
                    if (await TryPublishAsync(now, stoppingToken).ConfigureAwait(false))
                    {
                        toldOf = now;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task<bool> TryPublishAsync(HealthAssessment now, CancellationToken ct)
    {
        MqttApplicationMessage message = new()
        {
            Topic = topics.Health(configuration.Agent.Id),
            PayloadSegment = JsonSerializer.SerializeToUtf8Bytes(
                Measure(now),
                MessageJson.Wire.HealthMessage
            ),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
        bool isPublished = await link.TryPublishAsync(message, ct).ConfigureAwait(false);
        profiles.Report();
        return isPublished;
    }

    /// <summary>How the agent is now.</summary>
    public HealthMessage Measure() => Measure(monitor.Assess());

    private HealthMessage Measure(HealthAssessment assessment)
    {
        return new HealthMessage
        {
            State = assessment.State,
            Reasons = assessment.Reasons,
            Ts = time.GetUtcNow().UtcDateTime,
            Boot = boot.Value,
            UptimeS = (long)time.GetElapsedTime(_started).TotalSeconds,
            MemoryMb = system.ResidentMemoryMb(),
            TemperatureC = system.TemperatureC(),
            DiskFreeMb = SystemMeter.DiskFreeMb(configuration.StateDirectory),
            Published = detections.Published,
            Dropped = detections.Dropped,
            Auto = profiles.Assignment.HasAuto ? DescribeAuto() : null,
            Outbox = Describe(outbox?.Status),
            Footage = Describe(footage?.Status, upload?.Status),
            Cameras = pipeline.Statistics.ToDictionary(
                camera => camera.Id,
                camera => new CameraHealth(
                    CameraStatusPublisher.NameOf(camera.Status.State),
                    Math.Round(camera.Fps, 1),
                    camera.Skipped,
                    camera.Reconnects,
                    Milliseconds(camera.Total.P50),
                    Milliseconds(camera.Total.P95)
                )
                {
                    DecodeErrors = camera.DecodeErrors,
                    Damaged = camera.DamagedFrames,
                },
                StringComparer.Ordinal
            ),
        };
    }

    private AutoHealth? DescribeAuto() =>
        auto.State is { Decision: var decision, Since: var since }
            ? new AutoHealth(
                decision.Profile.Name,
                decision.Profile.Size,
                decision.Code,
                decision.Reason,
                since
            )
            : null;

    private static OutboxHealth? Describe(OutboxStatus? status) =>
        status is { } outbox
            ? new OutboxHealth(
                outbox.Depth,
                outbox.Depth > 0 ? Math.Round(outbox.OldestAge.TotalSeconds) : null,
                outbox.Dropped,
                outbox.Problem
            )
            : null;

    private static FootageHealth? Describe(FootageStatus? status, UploadStatus? upload) =>
        status is { } footage
            ? new FootageHealth(
                footage.Pictures,
                Megabytes(footage.Bytes),
                Megabytes(footage.BytesToday),
                footage
                    .Kept.Index()
                    .Where(entry => entry.Item > 0)
                    .ToDictionary(
                        entry => FootagePolicyName.Of((FootagePolicy)entry.Index),
                        entry => entry.Item,
                        StringComparer.Ordinal
                    ),
                footage.Duplicates,
                footage.Missed,
                footage.Problem
            )
            {
                Upload = Describe(upload),
            }
            : null;

    private static FootageUploadHealth? Describe(UploadStatus? status) =>
        status is { } upload
            ? new FootageUploadHealth(
                upload.State switch
                {
                    UploadState.Idle => "idle",
                    UploadState.Sending => "sending",
                    UploadState.Failing => "failing",
                    _ => throw new UnreachableException(),
                },
                upload.Packs,
                Megabytes(upload.Bytes),
                upload.Failures,
                upload.LastSuccess,
                upload.Problem
            )
            : null;

    private static double Megabytes(long bytes) => Math.Round(bytes / (double)(1 << 20), 1);

    // The statistics say 0 where nothing was measured; the contract leaves such a field out.
    private static double? Milliseconds(double value) => value > 0 ? Math.Round(value, 1) : null;
}
