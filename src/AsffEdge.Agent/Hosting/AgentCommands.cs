using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Snapshots;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Commands;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>The commands of an agent.</summary>
internal static class AgentCommands
{
    /// <summary>The desk that takes them.</summary>
    public static CommandDesk NewDesk(
        IServiceProvider services,
        AgentConfiguration configuration,
        Detector detector
    )
    {
        Topics topics = services.GetRequiredService<Topics>();
        MqttLink link = services.GetRequiredService<MqttLink>();
        VideoPipeline pipeline = services.GetRequiredService<VideoPipeline>();
        ProfileSelection selection = services.GetRequiredService<ProfileSelection>();
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        string footage = FootageStore.RootOf(configuration.StateDirectory);
        return new CommandDesk(
            configuration.Agent.Id,
            topics,
            [
                new PingHandler(),
                new ProfileSetHandler(
                    services.GetRequiredService<ProfileController>(),
                    services.GetRequiredService<FirstFrameWatch>(),
                    time
                ),
                services.GetRequiredService<ModelReloadHandler>(),
                services.GetRequiredService<ModelStageHandler>(),
                services.GetRequiredService<ModelActivateHandler>(),
                services.GetRequiredService<ModelRollbackHandler>(),
                new SnapshotHandler(
                    configuration,
                    topics,
                    detector.Manifest.Labels,
                    services.GetRequiredService<FrameTap>(),
                    StatusOf,
                    camera => selection.Current.Profiles[camera].MaxFps,
                    link.PublishAsync
                ),
                new CameraRestartHandler(
                    configuration.Cameras,
                    services.GetRequiredService<OnlineWatch>(),
                    pipeline.RestartCamera,
                    StatusOf,
                    time
                ),
                new FootageCollectHandler(
                    configuration,
                    services.GetService<FootageSink>(),
                    services.GetService<FootageWriter>(),
                    StatusOf,
                    time
                ),
                new FootageListHandler(footage),
                new FootagePurgeHandler(footage, services.GetService<FootageWriter>()),
            ],
            link.TryPublishAsync,
            time,
            services.GetRequiredService<ILogger<CommandDesk>>()
        );

        CameraStatus StatusOf(int camera) => pipeline.Statistics[camera].Status;
    }
}
