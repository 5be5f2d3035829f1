using AsffEdge.Agent.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>Runs the pipeline in the host: started means that the first inference is done, and the host ends with the pipeline.</summary>
internal sealed partial class PipelineService(
    VideoPipeline pipeline,
    IHostApplicationLifetime lifetime,
    ILogger<PipelineService> logger
) : BackgroundService
{
    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await pipeline.StartAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await pipeline.StopAsync(cancellationToken).ConfigureAwait(false);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A fault goes on to the host, which stops and ends with exit code 1.
        await pipeline.Completion.WaitAsync(stoppingToken).ConfigureAwait(false);
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            Log.Ended(logger);
            lifetime.StopApplication();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Every source has ended; the agent stops")]
        public static partial void Ended(ILogger logger);
    }
}
