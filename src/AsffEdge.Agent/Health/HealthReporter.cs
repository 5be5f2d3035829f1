using System.Text.Json;
using AsffEdge.Agent.Configuration;
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

/// <summary>Publishes how the agent is, every few seconds. The acknowledgement of that message is also how the link to the broker is judged.</summary>
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
    TimeProvider time,
    DiskOutbox? outbox = null
) : BackgroundService
{
    private readonly long _started = time.GetTimestamp();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string topic = topics.Health(configuration.Agent.Id);
        using PeriodicTimer timer = new(
            TimeSpan.FromSeconds(configuration.Mqtt.HealthIntervalS),
            time
        );
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                MqttApplicationMessage message = new()
                {
                    Topic = topic,
                    PayloadSegment = JsonSerializer.SerializeToUtf8Bytes(
                        Measure(),
                        MessageJson.Wire.HealthMessage
                    ),
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                };
                await link.TryPublishAsync(message, stoppingToken).ConfigureAwait(false);
                profiles.Report();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    /// <summary>How the agent is now.</summary>
    public HealthMessage Measure()
    {
        return new HealthMessage
        {
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

    // The statistics say 0 where nothing was measured; the contract leaves such a field out.
    private static double? Milliseconds(double value) => value > 0 ? Math.Round(value, 1) : null;
}
