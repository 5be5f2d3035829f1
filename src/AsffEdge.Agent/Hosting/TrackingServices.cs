using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Outbox;
using AsffEdge.Agent.Publishing;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Broker;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>The tracks, what is told about them, and the outbox, as far as the configuration wants them.</summary>
internal static class TrackingServices
{
    /// <summary>Adds what follows objects, and what keeps messages.</summary>
    public static IServiceCollection AddTracking(
        this IServiceCollection services,
        AgentConfiguration configuration,
        Detector detector,
        TimeProvider time
    )
    {
        if (HasOutbox(configuration))
        {
            services.AddSingleton(provider => new DiskOutbox(
                configuration.StateDirectory,
                $"{configuration.Mqtt.Root}/{configuration.Agent.Id}",
                configuration.Mqtt.Outbox,
                provider.GetRequiredService<Degradations>(),
                time,
                provider.GetRequiredService<ILogger<DiskOutbox>>()
            ));
        }

        if (configuration.Tracking.Enabled)
        {
            services
                .AddSingleton(new TrackEventQueue())
                .AddSingleton(provider => new TrackingSink(
                    configuration,
                    detector.Manifest.Labels,
                    detector.MaxDetections,
                    provider.GetRequiredService<TrackEventQueue>(),
                    time
                ));
        }

        return services;
    }

    /// <summary>Adds what sends the outbox. It is stopped after all that write into it.</summary>
    public static IServiceCollection AddOutboxSender(
        this IServiceCollection services,
        AgentConfiguration configuration,
        TimeProvider time
    ) =>
        HasOutbox(configuration)
            ? services.AddHostedService(provider => new OutboxSender(
                provider.GetRequiredService<DiskOutbox>(),
                provider.GetRequiredService<MqttLink>(),
                configuration.Mqtt,
                time
            ))
            : services;

    /// <summary>Adds what tells about tracks. It is stopped after the frames.</summary>
    public static IServiceCollection AddTrackPublisher(
        this IServiceCollection services,
        AgentConfiguration configuration
    ) => configuration.Tracking.Enabled ? services.AddHostedService<TrackPublisher>() : services;

    /// <summary>Whether there is anything that the outbox has to keep.</summary>
    public static bool HasOutbox(AgentConfiguration configuration) =>
        configuration.Tracking.Enabled || configuration.Mqtt.Outbox.Detections;
}
