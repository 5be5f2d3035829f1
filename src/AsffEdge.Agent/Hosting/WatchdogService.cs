using System.Globalization;
using AsffEdge.Agent.Health;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Hosting;

/// <summary>Tells systemd that the agent is alive for as long as it makes progress; silence makes systemd restart it.</summary>
internal sealed partial class WatchdogService(
    AgentProgress progress,
    TimeProvider time,
    ILogger<WatchdogService> logger,
    ISystemdNotifier? systemd = null
) : BackgroundService
{
    private const string Variable = "WATCHDOG_USEC";
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

        bool wasWell = true;
        using PeriodicTimer timer = new(interval / 3, time);
        try
        {
            do
            {
                Degradation? fault = progress.Judge();
                if (fault is null)
                {
                    systemd.Notify(Alive);
                }
                else if (wasWell)
                {
                    Log.Stuck(logger, fault.Value.Detail);
                }

                wasWell = fault is null;
            } while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Critical,
            "Stuck: {Fault}; the watchdog is no longer fed, so that systemd restarts the agent"
        )]
        public static partial void Stuck(ILogger logger, string fault);
    }
}
