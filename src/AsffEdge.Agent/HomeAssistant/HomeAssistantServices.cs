using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using AsffEdge.Messaging.HomeAssistant;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.HomeAssistant;

/// <summary>What <see cref="DiscoveryPublisher"/> needs.</summary>
internal static class HomeAssistantServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddHomeAssistant(
        this IServiceCollection services,
        AgentConfiguration configuration,
        ProfileBook book,
        Detector detector
    ) =>
        services
            .AddSingleton(provider => new AnnouncedEntities(
                configuration.StateDirectory,
                provider.GetRequiredService<ILogger<AnnouncedEntities>>()
            ))
            .AddSingleton(provider => new AgentDiscovery(
                provider.GetRequiredService<Topics>(),
                provider.GetRequiredService<InfoMessage>(),
                [.. book.Profiles.Keys, ReservedProfile.Auto],
                ClassTopic.Of(detector.Manifest.Labels)
            ));
}
