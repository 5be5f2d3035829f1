using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Footage.Upload;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Outbox;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Agent.Publishing;
using AsffEdge.Agent.Telemetry;
using AsffEdge.Agent.Web;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace AsffEdge.Agent.Hosting;

/// <summary>How an agent says how it is: the judgement, the metrics, and where both can be had.</summary>
internal static class TelemetryServices
{
    /// <summary>Adds what measures and judges.</summary>
    public static IServiceCollection AddHealth(
        this IServiceCollection services,
        AgentConfiguration configuration,
        TimeProvider time
    ) =>
        services
            .AddSingleton<Degradations>()
            .AddSingleton<ProfileFaults>()
            .AddSingleton<AgentProgress>()
            .AddSingleton<HealthReporter>()
            .AddSingleton(provider => NewMonitor(provider, configuration, time))
            .AddSingleton<AgentMeter>()
            .AddSingleton(provider => new StageTimes(
                provider.GetRequiredService<AgentMeter>().Meter,
                configuration.Cameras.Select(camera => camera.Id)
            ));

    /// <summary>Adds where metrics and health can be had.</summary>
    public static IServiceCollection AddTelemetry(
        this IServiceCollection services,
        AgentConfiguration configuration
    )
    {
        if (!TelemetryExport.IsWanted(configuration))
        {
            return services;
        }

        services.AddSingleton(provider =>
        {
            AddMetrics(provider, configuration);
            return TelemetryExport.Start(
                configuration,
                provider.GetRequiredService<AgentMeter>(),
                provider.GetRequiredService<ILogger<SaidExporter>>()
            );
        });
        return configuration.Web.Enabled
            ? services.AddHostedService(provider => new WebService(
                configuration.Web,
                provider.GetRequiredService<HealthReporter>(),
                provider.GetRequiredService<MeterProvider>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<WebService>>()
            ))
            : services;
    }

    private static HealthMonitor NewMonitor(
        IServiceProvider provider,
        AgentConfiguration configuration,
        TimeProvider time
    )
    {
        VideoPipeline pipeline = provider.GetRequiredService<VideoPipeline>();
        AgentProgress progress = provider.GetRequiredService<AgentProgress>();
        ProfileController profiles = provider.GetRequiredService<ProfileController>();
        ProfileFaults profileFaults = provider.GetRequiredService<ProfileFaults>();
        AutoProfile auto = provider.GetRequiredService<AutoProfile>();
        Degradations board = provider.GetRequiredService<Degradations>();
        DeliveryFaults delivery = new(
            configuration.Mqtt,
            provider.GetRequiredService<MqttLink>(),
            provider.GetService<DiskOutbox>(),
            time
        );
        return new HealthMonitor(
            [
                () => progress.Judge() is { } fault ? [fault] : [],
                () => CameraFaults.Of(pipeline.Statistics),
                delivery.Find,
                () => profileFaults.Find(profiles.Assignment.HasAuto ? auto : null),
                () => board.Standing,
            ],
            time
        );
    }

    private static void AddMetrics(IServiceProvider provider, AgentConfiguration configuration)
    {
        AgentMeter meter = provider.GetRequiredService<AgentMeter>();
        VideoPipeline pipeline = provider.GetRequiredService<VideoPipeline>();
        CameraMetrics.AddTo(
            meter,
            pipeline.Statistics,
            provider.GetRequiredService<ProfileSelection>(),
            [.. configuration.Profiles.Keys]
        );
        DeviceMetrics.AddInfo(
            meter,
            () => provider.GetRequiredService<ActiveModel>().Current.Name,
            provider.GetRequiredService<InfoMessage>()
        );
        DeviceMetrics.AddHealth(meter, provider.GetRequiredService<HealthMonitor>());
        DeviceMetrics.AddInference(meter, pipeline, provider.GetRequiredService<AgentProgress>());
        DeviceMetrics.AddProfiles(
            meter,
            provider.GetRequiredService<AutoProfile>(),
            provider.GetRequiredService<ProfileFaults>()
        );
        DeviceMetrics.AddMachine(
            meter,
            provider.GetRequiredService<SystemMeter>(),
            configuration.StateDirectory
        );
        DeliveryMetrics.AddBroker(
            meter,
            provider.GetRequiredService<MqttLink>(),
            provider.GetRequiredService<DetectionPublisher>()
        );
        if (provider.GetService<DiskOutbox>() is { } outbox)
        {
            DeliveryMetrics.AddOutbox(meter, outbox);
        }

        if (provider.GetService<FootageWriter>() is { } footage)
        {
            FootageMetrics.AddCollecting(meter, () => footage.Status);
        }

        if (provider.GetService<FootageUploader>() is { } upload)
        {
            FootageMetrics.AddUpload(meter, () => upload.Status);
        }
    }
}
