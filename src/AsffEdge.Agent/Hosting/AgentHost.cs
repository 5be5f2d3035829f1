using System.Text.Json;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.HomeAssistant;
using AsffEdge.Agent.Outbox;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Agent.Publishing;
using AsffEdge.Agent.Snapshots;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Broker;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Commands;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>A whole agent in a Generic Host: detector, pipeline, publishing, profiles, health, watchdog.</summary>
public sealed class AgentHost : IAsyncDisposable
{
    /// <summary>Cameras, the last messages and the goodbye to the broker; systemd is told to wait a little longer.</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(9);

    private readonly IHost _host;

    private AgentHost(IHost host, Detector detector)
    {
        _host = host;
        Detector = detector;
    }

    /// <summary>The detector; used by the pipeline alone while that runs.</summary>
    public Detector Detector { get; }

    /// <summary>The pipeline, for its statistics.</summary>
    public VideoPipeline Pipeline => _host.Services.GetRequiredService<VideoPipeline>();

    /// <summary>Opens the model and puts the agent together; nothing runs yet.</summary>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="ConfigurationException">A profile has a size that the model does not take.</exception>
    public static AgentHost Build(
        AgentConfiguration configuration,
        AgentHostOptions? options = null
    )
    {
        options ??= new AgentHostOptions();
        Detector detector = Detector.Open(
            configuration.Model.Path,
            new DetectorOptions
            {
                Providers = configuration.Model.Providers,
                Threads = configuration.Model.Threads,
            }
        );
        try
        {
            ProfileBook book = LocalProfiles.ToBook(configuration, detector.Manifest);
            ClassFilter.Check(configuration.Cameras, detector.Manifest.Labels);

            // Without the defaults, which would read settings from wherever the process happens to be started.
            HostApplicationBuilder builder = new(
                new HostApplicationBuilderSettings { DisableDefaults = true }
            );
            ConfigureLogging(builder, configuration, options);
            builder.Services.AddSystemd();
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
            builder.Services.Configure<ConsoleLifetimeOptions>(console =>
                console.SuppressStatusMessages = true
            );
            AddAgent(builder.Services, configuration, options, detector, book);
            IHost host = builder.Build();
            PublishInfo(host.Services, configuration.Agent.Id);
            return new AgentHost(host, detector);
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    /// <summary>Runs until the process is told to stop, <paramref name="ct"/> is cancelled, every source has ended or something fails.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="ModelException">The model fails in the first inference.</exception>
    public Task<int> RunAsync(CancellationToken ct) => RunAsync(_host, ct);

    /// <summary>Runs a host to its end. On its own a host ends with 0 even though one of its services has failed.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(IHost host, CancellationToken ct)
    {
        try
        {
            await host.StartAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Done;
        }

        await host.WaitForShutdownAsync(ct).ConfigureAwait(false);
        bool hasFailed = host
            .Services.GetServices<IHostedService>()
            .OfType<BackgroundService>()
            .Any(service => service.ExecuteTask is { IsFaulted: true });
        return hasFailed ? ExitCodes.Failed : ExitCodes.Done;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync().ConfigureAwait(false);
        }

        Detector.Dispose();
    }

    private static void ConfigureLogging(
        HostApplicationBuilder builder,
        AgentConfiguration configuration,
        AgentHostOptions options
    )
    {
        builder.Logging.SetMinimumLevel(
            Enum.Parse<LogLevel>(configuration.Logging.Level, ignoreCase: true)
        );
        if (options.Logging is { } configure)
        {
            configure(builder.Logging);
            return;
        }

        // Standard output belongs to what commands print. AddSystemd chooses the journal's format where there is a journal.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
    }

    private static void AddAgent(
        IServiceCollection services,
        AgentConfiguration configuration,
        AgentHostOptions options,
        Detector detector,
        ProfileBook book
    )
    {
        string agent = configuration.Agent.Id;
        BootId boot = BootId.New(options.Time);
        services
            .AddSingleton(configuration)
            .AddSingleton(options.Time)
            .AddSingleton(boot)
            .AddSingleton(book)
            .AddSingleton(new Topics(configuration.Mqtt.Root))
            .AddSingleton(
                new FrameMessageContext(
                    agent,
                    boot.Value,
                    detector.Manifest.Name,
                    detector.Manifest.Version,
                    detector.Sha256,
                    detector.Provider,
                    detector.Manifest.Labels
                )
            )
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
            .AddTracking(configuration, detector, options.Time)
            .AddSingleton(provider => new DetectionPublisher(
                configuration,
                provider.GetRequiredService<Topics>(),
                provider.GetRequiredService<FrameMessageContext>(),
                provider.GetRequiredService<MqttLink>(),
                configuration.Mqtt.Outbox.Detections
                    ? provider.GetRequiredService<DiskOutbox>()
                    : null
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
            .AddSingleton(provider => NewPipeline(provider, configuration, options, detector))
            .AddSingleton(provider => AgentCommands.NewDesk(provider, configuration, detector))
            .AddHomeAssistant(configuration, book, detector);

        // Stopped in the reverse order: first the frames, then what is left to publish, last the connection.
        services
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
            .AddHostedService<HealthReporter>()
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
                board.Set(
                    topic,
                    JsonSerializer.SerializeToUtf8Bytes(reported, MessageJson.Wire.ReportedDocument)
                ),
            time,
            provider.GetRequiredService<ILogger<ProfileController>>()
        );
    }

    private static VideoPipeline NewPipeline(
        IServiceProvider provider,
        AgentConfiguration configuration,
        AgentHostOptions options,
        Detector detector
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
        ];
        if (configuration.Mqtt.Detections.Enabled)
        {
            sinks.Insert(0, provider.GetRequiredService<DetectionPublisher>());
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
            detector,
            provider.GetRequiredService<ProfileSelection>(),
            [.. sinks, .. options.FrameSinks, provider.GetRequiredService<LoadMeter>()],
            [.. statusSinks, .. options.StatusSinks],
            options.Time,
            provider.GetRequiredService<ILoggerFactory>(),
            tracking is null ? 1 : (float)configuration.Tracking.LowScore
        );
    }

    private static void PublishInfo(IServiceProvider services, string agent) =>
        services
            .GetRequiredService<RetainedBoard>()
            .Set(
                services.GetRequiredService<Topics>().Info(agent),
                JsonSerializer.SerializeToUtf8Bytes(
                    services.GetRequiredService<InfoMessage>(),
                    MessageJson.Wire.InfoMessage
                )
            );
}
