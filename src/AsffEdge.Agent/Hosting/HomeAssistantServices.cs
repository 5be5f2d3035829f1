using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.HomeAssistant;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using AsffEdge.Messaging.HomeAssistant;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>What <see cref="DiscoveryPublisher"/> needs.</summary>
internal static class HomeAssistantServices
{
    /// <summary>Adds it.</summary>
    /// <exception cref="ConfigurationException">The model does not have a class whose counts are to be announced.</exception>
    public static IServiceCollection AddHomeAssistant(
        this IServiceCollection services,
        AgentConfiguration configuration,
        ProfileBook book,
        Detector detector
    )
    {
        IReadOnlyList<ClassTopic> classes = AnnouncedClasses.Of(
            configuration.HomeAssistant.Classes,
            detector.Manifest.Labels
        );
        return services
            .AddSingleton(provider => new AnnouncedEntities(
                configuration.StateDirectory,
                provider.GetRequiredService<ILogger<AnnouncedEntities>>()
            ))
            .AddSingleton(provider => new AgentDiscovery(
                provider.GetRequiredService<Topics>(),
                provider.GetRequiredService<InfoMessage>(),
                [.. book.Profiles.Keys, ReservedProfile.Auto],
                configuration.Tracking.Enabled ? classes : [],
                TrackingServices.HasOutbox(configuration),
                configuration.Snapshots.Enabled
            ));
    }
}
