using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Broker;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;

namespace AsffEdge.Agent.Hosting;

/// <summary>A whole agent in a Generic Host: detector, pipeline, publishing, profiles, health, watchdog.</summary>
public sealed class AgentHost : IAsyncDisposable
{
    /// <summary>Cameras, the last messages and the goodbye to the broker; systemd is told to wait a little longer.</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(9);

    private const string Timestamp = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private readonly IHost _host;
    private readonly ActiveModel _model;

    private AgentHost(IHost host, IReadOnlyList<string> labels)
    {
        _host = host;
        Labels = labels;

        // Made now, because it tells of itself, and here, because it is to be disposed of after all that use it.
        _model = host.Services.GetRequiredService<ActiveModel>();
    }

    /// <summary>The model in use.</summary>
    internal ActiveModel Model => _model;

    /// <summary>Class names by class id.</summary>
    public IReadOnlyList<string> Labels { get; }

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
        ModelStore store = new(configuration.StateDirectory);
        ModelStart start = ModelStart.Open(configuration.Model, store, options.Time);
        try
        {
            ModelManifest manifest = start.Model.Detector.Manifest;
            ProfileBook book = LocalProfiles.ToBook(configuration, manifest);
            ClassFilter.Check(configuration, manifest.Labels);

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
            builder.Services.AddAgent(configuration, options, store, start, book);
            IHost host = builder.Build();
            ModelServices.Report(host.Services, start);

            // Nothing else asks for it where metrics are only sent.
            _ = host.Services.GetService<MeterProvider>();
            return new AgentHost(host, manifest.Labels);
        }
        catch
        {
            start.Model.Dispose();
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

        _model.Dispose();
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
            console.TimestampFormat = Timestamp + " ";
        });
        if (configuration.Logging.Format == "json")
        {
            builder.Logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = Timestamp;
            });
            // Whoever asks for it wants it in the journal too.
            builder.Services.PostConfigure<ConsoleLoggerOptions>(console =>
                console.FormatterName = ConsoleFormatterNames.Json
            );
        }
    }
}
