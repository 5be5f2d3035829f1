using System.Globalization;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>Tells systemd that the agent is alive for as long as it makes progress; silence makes systemd restart it.</summary>
internal sealed partial class WatchdogService(
    VideoPipeline pipeline,
    ProfileSelection selection,
    TimeProvider time,
    ILogger<WatchdogService> logger,
    ISystemdNotifier? systemd = null
) : BackgroundService
{
    private const string Variable = "WATCHDOG_USEC";
    private const double InferencesOfDeadline = 20;
    private static readonly TimeSpan LeastDeadline = TimeSpan.FromSeconds(10);
    private static readonly ServiceState Alive = new("WATCHDOG=1");

    /// <summary>How often systemd wants to hear from the process; null: it does not.</summary>
    public static TimeSpan? Interval(string? microseconds) =>
        long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
        && value > 0
            ? TimeSpan.FromMicroseconds(value)
            : null;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (
            systemd is null
            || Interval(Environment.GetEnvironmentVariable(Variable)) is not { } interval
        )
        {
            return;
        }

        ProgressWatch watch = new(time);
        bool wasWell = true;
        using PeriodicTimer timer = new(interval / 3, time);
        try
        {
            do
            {
                bool isWell = watch.IsWell(
                    pipeline.InferredFrames,
                    pipeline.Statistics.Sum(camera => camera.Decoded),
                    pipeline.InferenceRunningFor,
                    Deadline()
                );
                if (isWell)
                {
                    systemd.Notify(Alive);
                }
                else if (wasWell)
                {
                    Log.Stuck(logger, pipeline.InferenceRunningFor.TotalSeconds);
                }

                wasWell = isWell;
            } while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private TimeSpan Deadline()
    {
        double slowestMs = pipeline.Statistics.Max(camera => camera.Inference.P50);
        double rarestS = selection.Current.Profiles.Max(profile =>
            profile.MaxFps is { } fps ? 1 / fps : 0
        );
        double seconds = Math.Max(slowestMs / 1000 * InferencesOfDeadline, 3 * rarestS);
        return seconds > LeastDeadline.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LeastDeadline;
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Critical,
            "Frames come but are not inferred (the inference now running: {Seconds:F0} s); the watchdog is no longer fed"
        )]
        public static partial void Stuck(ILogger logger, double seconds);
    }
}
