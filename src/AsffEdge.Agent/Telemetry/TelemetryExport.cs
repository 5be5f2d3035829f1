using AsffEdge.Agent.Configuration;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace AsffEdge.Agent.Telemetry;

/// <summary>Gives the agent's metrics, and what .NET measures of the process, to whoever the configuration names. Nobody is no cost.</summary>
internal static class TelemetryExport
{
    private const string Runtime = "System.Runtime";
    private const string OtlpPath = "v1/metrics";

    // The others are for who develops .NET programs.
    private static readonly HashSet<string> RuntimeMetrics =
    [
        "dotnet.gc.collections",
        "dotnet.gc.pause.time",
        "dotnet.gc.heap.total_allocated",
        "dotnet.gc.last_collection.memory.committed_size",
        "dotnet.process.cpu.time",
        "dotnet.process.memory.working_set",
    ];

    /// <summary>Whether anybody wants them.</summary>
    public static bool IsWanted(AgentConfiguration configuration) =>
        configuration.Web.Enabled || configuration.Telemetry.Otlp.Endpoint is not null;

    /// <summary>Starts to collect them.</summary>
    public static MeterProvider Start(
        AgentConfiguration configuration,
        AgentMeter meter,
        ILogger<SaidExporter> logger
    )
    {
        OtlpOptions otlp = configuration.Telemetry.Otlp;
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(
                ResourceBuilder
                    .CreateEmpty()
                    .AddService("asff-edge", serviceInstanceId: configuration.Agent.Id)
            )
            .AddMeter(AgentMeter.Name, Runtime)
            .AddView(instrument =>
                instrument.Meter == meter.Meter
                || (instrument.Meter.Name == Runtime && RuntimeMetrics.Contains(instrument.Name))
                    ? null
                    : MetricStreamConfiguration.Drop
            );
        if (configuration.Web.Enabled)
        {
            builder.AddPrometheusExporter(prometheus =>
            {
                prometheus.ScopeInfoEnabled = false;
                prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
            });
        }

        if (otlp.Endpoint is not null)
        {
            builder.AddReader(
                new PeriodicExportingMetricReader(
                    new SaidExporter(Describe(otlp), logger),
                    (int)TimeSpan.FromSeconds(otlp.IntervalS).TotalMilliseconds
                )
            );
        }

        return builder.Build();
    }

    private static OtlpExporterOptions Describe(OtlpOptions otlp)
    {
        bool isGrpc = otlp.Protocol == "grpc";
        Uri address = new(otlp.Endpoint!);
        return new OtlpExporterOptions
        {
            Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            // Over HTTP metrics have a path of their own below an address that names none.
            Endpoint = isGrpc || address.AbsolutePath != "/" ? address : new Uri(address, OtlpPath),
            Headers = HeadersOf(otlp),
            // Of the time in which a stopping agent must have ended.
            TimeoutMilliseconds = 4000,
        };
    }

    private static string HeadersOf(OtlpOptions otlp) =>
        otlp.Headers
        ?? (
            otlp.HeadersFile is { } file
                ? string.Join(
                    ',',
                    File.ReadLines(file)
                        .Select(line => line.Trim())
                        .Where(line => line.Length > 0 && !line.StartsWith('#'))
                )
                : ""
        );
}
