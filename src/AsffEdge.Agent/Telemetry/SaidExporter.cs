using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace AsffEdge.Agent.Telemetry;

/// <summary>An exporter that says in the log when it begins to fail, and when it works again; of its own accord it is silent.</summary>
/// <param name="options">Where it exports to.</param>
/// <param name="logger">The log.</param>
internal sealed partial class SaidExporter(
    OtlpExporterOptions options,
    ILogger<SaidExporter> logger
) : OtlpMetricExporter(options)
{
    private readonly Uri _endpoint = options.Endpoint;
    private ExportResult _last = ExportResult.Success;

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> metrics)
    {
        ExportResult result = base.Export(metrics);
        if (result != _last)
        {
            if (result == ExportResult.Failure)
            {
                Log.Failed(logger, _endpoint);
            }
            else
            {
                Log.Recovered(logger, _endpoint);
            }
        }

        _last = result;
        return result;
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "Metrics cannot be sent to {Endpoint}, or are refused there (see telemetry.otlp); tried again at every interval, detection goes on"
        )]
        public static partial void Failed(ILogger logger, Uri endpoint);

        [LoggerMessage(LogLevel.Information, "Metrics are sent to {Endpoint} again")]
        public static partial void Recovered(ILogger logger, Uri endpoint);
    }
}
