using System.Net;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace AsffEdge.Agent.Web;

/// <summary>
/// Answers <c>/healthz</c> and <c>/metrics</c> on this machine. An application of its own beside the agent's host, so that a port that cannot
/// be had ends nothing: it is said, and tried again every minute.
/// </summary>
internal sealed partial class WebService(
    WebOptions options,
    HealthReporter health,
    MeterProvider metrics,
    TimeProvider time,
    ILogger<WebService> logger
) : BackgroundService
{
    private const string Health = "/healthz";
    private const string Metrics = "/metrics";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsLocal)
        {
            Log.Remote(logger, options.Address);
        }

        try
        {
            while (!await ServeAsync(stoppingToken).ConfigureAwait(false))
            {
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    /// <summary>Answers until the agent stops.</summary>
    /// <returns>False when it cannot listen.</returns>
    private async Task<bool> ServeAsync(CancellationToken stopping)
    {
        WebApplication application = Build();
        await using (application.ConfigureAwait(false))
        {
            try
            {
                await application.StartAsync(stopping).ConfigureAwait(false);
            }
            catch (IOException error)
            {
                Log.NotListening(logger, options.Address, options.Port, error.Message);
                return false;
            }

            Log.Listening(logger, options.Address, options.Port);
            await Task.Delay(Timeout.Infinite, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await application.StopAsync(CancellationToken.None).ConfigureAwait(false);
            return true;
        }
    }

    private WebApplication Build()
    {
        // Nothing but a server: no settings from wherever, no log of its own, no eye on signals, which are the agent's.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(options.Address), options.Port);
        });
        WebApplication application = builder.Build();
        application.UseOpenTelemetryPrometheusScrapingEndpoint(metrics, null, Metrics, null, null);
        application.Run(AnswerAsync);
        return application;
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != Health)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync($"There are {Health} and {Metrics}.\n");
        }

        HealthMessage now = health.Measure();
        context.Response.StatusCode =
            now.State == HealthState.Stuck
                ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status200OK;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(now, MessageJson.Wire.HealthMessage);
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information,
            "/metrics and /healthz are answered at http://{Address}:{Port}"
        )]
        public static partial void Listening(ILogger logger, string address, int port);

        [LoggerMessage(
            LogLevel.Warning,
            "/metrics and /healthz cannot be answered at {Address}:{Port}: {Reason} (see web.address and web.port); tried again in a minute, detection goes on"
        )]
        public static partial void NotListening(
            ILogger logger,
            string address,
            int port,
            string reason
        );

        [LoggerMessage(
            LogLevel.Warning,
            "web.address is {Address}: every machine that reaches it can read the agent's metrics and health, without password and encryption"
        )]
        public static partial void Remote(ILogger logger, string address);
    }
}
