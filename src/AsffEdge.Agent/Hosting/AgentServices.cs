using System.Text.Json;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.HomeAssistant;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Models.Shadow;
using AsffEdge.Agent.Outbox;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Agent.Publishing;
using AsffEdge.Agent.Snapshots;
using AsffEdge.Agent.Telemetry;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Commands;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>What an agent is made of, and in which order it starts and stops.</summary>
internal static class AgentServices
{
    /// <summary>Adds everything.</summary>
    public static void AddAgent(
        this IServiceCollection services,
        AgentConfiguration configuration,
        AgentHostOptions options,
        ModelStore store,
        ModelStart start,
        ProfileBook book
    )
    {
        Detector detector = start.Model.Detector;
        string agent = configuration.Agent.Id;
        BootId boot = BootId.New(options.Time);
        services
            .AddSingleton(configuration)
            .AddSingleton(options.Time)
            .AddSingleton(boot)
            .AddSingleton(book)
            .AddSingleton(new Topics(configuration.Mqtt.Root))
            .AddSingleton(new FrameMessageContext(agent, boot.Value, detector.Manifest.Labels))
            .AddSingleton<RetainedBoard>()
            .AddSingleton<CameraStatusPublisher>()
            .AddSingleton<FirstFrameWatch>()
            .AddSingleton(AgentInfo.Describe(configuration, book, detector, boot))
            .AddSingleton<FrameTap>()
            .AddSingleton<OnlineWatch>()
            .AddSingleton(provider => new MqttLink(
                new LinkOptions(agent, configuration.Mqtt, configuration.Mqtt.HealthIntervalS)
                {
                    Groups = configuration.Agent.Groups,
                },
                provider.GetRequiredService<Topics>(),
                boot,
                provider.GetRequiredService<RetainedBoard>(),
                options.Time,
                provider.GetRequiredService<ILogger<MqttLink>>(),
                provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
            ))
            .AddModels(configuration, store, start, options.Time)
            .AddTracking(configuration, detector, options.Time)
            .AddFootage(configuration, detector, options.Time)
            .AddSingleton(provider => new DetectionPublisher(
                configuration,
                provider.GetRequiredService<Topics>(),
                provider.GetRequiredService<FrameMessageContext>(),
                provider.GetRequiredService<MqttLink>(),
                configuration.Mqtt.Outbox.Detections
                    ? provider.GetRequiredService<DiskOutbox>()
                    : null,
                provider.GetRequiredService<StageTimes>()
            ))
            .AddSingleton(provider => new DesiredStore(
                configuration.StateDirectory,
                provider.GetRequiredService<ILogger<DesiredStore>>()
            ))
            .AddSingleton(_ => new SystemMeter())
            .AddSingleton(provider => new AutoProfile(
                configuration.Auto,
                provider.GetRequiredService<SystemMeter>(),
                options.Time
            ))
            .AddSingleton(new LoadMeter(configuration.Cameras.Count, options.Time))
            .AddSingleton(provider =>
                NewController(provider, agent, configuration.Agent.Groups, book, options.Time)
            )
            .AddSingleton(provider => provider.GetRequiredService<ProfileController>().Selection)
            .AddSingleton(provider => NewPipeline(provider, configuration, options))
            .AddHealth(configuration, options.Time)
            .AddSingleton(provider => AgentCommands.NewDesk(provider, configuration, detector))
            .AddHomeAssistant(configuration, book, detector);

        // Stopped in the reverse order: first the frames, then what is left to publish, last the connection.
        services
            .AddTelemetry(configuration)
            .AddHostedService(provider => provider.GetRequiredService<MqttLink>())
            .AddHostedService(provider => new ControlPlane(
                agent,
                configuration.Agent.Groups,
                provider.GetRequiredService<Topics>(),
                provider.GetRequiredService<MqttLink>(),
                provider.GetRequiredService<ProfileController>(),
                provider.GetRequiredService<CommandDesk>(),
                provider.GetRequiredService<ILogger<ControlPlane>>()
            ))
            .AddOutboxSender(configuration, options.Time)
            .AddHostedService(provider => provider.GetRequiredService<DetectionPublisher>())
            .AddTrackPublisher(configuration)
            .AddFootageUploader(configuration, options.Time)
            .AddFootageWriter(configuration)
            .AddHostedService(provider => provider.GetRequiredService<HealthReporter>())
            .AddHostedService<DiscoveryPublisher>()
            .AddHostedService<PipelineService>()
            .AddHostedService(provider => new AdaptiveService(
                provider.GetRequiredService<AutoProfile>(),
                LoadSampler.Of(
                    provider.GetRequiredService<VideoPipeline>(),
                    provider.GetRequiredService<LoadMeter>(),
                    provider.GetRequiredService<AutoProfile>().Window,
                    options.Time
                ),
                provider.GetRequiredService<ProfileController>(),
                options.Time,
                provider.GetRequiredService<ILogger<AdaptiveService>>()
            ))
            .AddHostedService<InferenceWatch>()
            .AddHostedService<WatchdogService>();
    }

    private static ProfileController NewController(
        IServiceProvider provider,
        string agent,
        IReadOnlyList<string> groups,
        ProfileBook book,
        TimeProvider time
    )
    {
        RetainedBoard board = provider.GetRequiredService<RetainedBoard>();
        string topic = provider.GetRequiredService<Topics>().Reported(agent);
        ProfileFaults faults = provider.GetRequiredService<ProfileFaults>();
        return new ProfileController(
            book,
            groups,
            provider.GetRequiredService<DesiredStore>(),
            provider.GetRequiredService<AutoProfile>(),
            new PipelineDevice(
                provider.GetRequiredService<VideoPipeline>,
                provider.GetRequiredService<SystemMeter>()
            ),
            reported =>
            {
                faults.Note(reported);
                board.Set(
                    topic,
                    JsonSerializer.SerializeToUtf8Bytes(reported, MessageJson.Wire.ReportedDocument)
                );
            },
            time,
            provider.GetRequiredService<ILogger<ProfileController>>()
        );
    }

    private static VideoPipeline NewPipeline(
        IServiceProvider provider,
        AgentConfiguration configuration,
        AgentHostOptions options
    )
    {
        TrackingSink? tracking = provider.GetService<TrackingSink>();
        List<IFrameResultSink> sinks =
        [
            new ChangeSink(
                provider.GetRequiredService<FirstFrameWatch>(),
                provider.GetRequiredService<ProfileController>()
            ),
            provider.GetRequiredService<FrameTap>(),
            provider.GetRequiredService<StageTimes>(),
            provider.GetRequiredService<ModelRecovery>(),
            provider.GetRequiredService<ShadowTap>(),
        ];
        if (configuration.Mqtt.Detections.Enabled)
        {
            sinks.Insert(0, provider.GetRequiredService<DetectionPublisher>());
        }

        if (provider.GetService<FootageSink>() is { } footage)
        {
            sinks.Add(footage);
        }

        List<ICameraStatusSink> statusSinks =
        [
            provider.GetRequiredService<CameraStatusPublisher>(),
            provider.GetRequiredService<OnlineWatch>(),
        ];
        if (tracking is not null)
        {
            sinks.Insert(0, tracking);
            statusSinks.Add(tracking);
        }

        return new VideoPipeline(
            configuration.Cameras,
            provider.GetRequiredService<ActiveModel>().Current,
            provider.GetRequiredService<ProfileSelection>(),
            [.. sinks, .. options.FrameSinks, provider.GetRequiredService<LoadMeter>()],
            [.. statusSinks, .. options.StatusSinks],
            options.Time,
            provider.GetRequiredService<ILoggerFactory>(),
            tracking is null ? 1 : (float)configuration.Tracking.LowScore
        );
    }
}
