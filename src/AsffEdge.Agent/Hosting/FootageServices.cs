using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Footage.Upload;
using AsffEdge.Agent.Health;
using AsffEdge.Detection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>What keeps frames to learn from, as far as the configuration wants it.</summary>
internal static class FootageServices
{
    /// <summary>Adds what chooses and what writes.</summary>
    public static IServiceCollection AddFootage(
        this IServiceCollection services,
        AgentConfiguration configuration,
        Detector detector,
        TimeProvider time
    )
    {
        if (!configuration.Footage.Enabled)
        {
            return services;
        }

        ModelManifest manifest = detector.Manifest;
        return services
            .AddSingleton(_ => new FootageSink(
                configuration,
                manifest.Labels,
                detector.MaxDetections,
                time
            ))
            .AddSingleton(provider => new FootageWriter(
                configuration,
                manifest.Labels,
                provider.GetRequiredService<FootageSink>(),
                provider.GetRequiredService<Degradations>(),
                time,
                provider.GetRequiredService<ILogger<FootageWriter>>()
            ));
    }

    /// <summary>Adds what sends it, if that is wanted.</summary>
    public static IServiceCollection AddFootageUploader(
        this IServiceCollection services,
        AgentConfiguration configuration,
        TimeProvider time
    ) =>
        configuration.Footage is { Enabled: true, Upload.IsWanted: true }
            ? services
                .AddSingleton(provider => new FootageUploader(
                    configuration,
                    provider.GetRequiredService<Degradations>(),
                    time,
                    provider.GetRequiredService<ILogger<FootageUploader>>(),
                    provider.GetRequiredService<FootageWriter>().TidySoon
                ))
                .AddHostedService(provider => provider.GetRequiredService<FootageUploader>())
            : services;

    /// <summary>Adds the writer. It is stopped after the frames.</summary>
    public static IServiceCollection AddFootageWriter(
        this IServiceCollection services,
        AgentConfiguration configuration
    ) =>
        configuration.Footage.Enabled
            ? services.AddHostedService(provider => provider.GetRequiredService<FootageWriter>())
            : services;
}
