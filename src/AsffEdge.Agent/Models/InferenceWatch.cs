using System.Globalization;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Models;

/// <summary>Watches the inference: one that is overdue is told to end, and one that fails again and again is put on the board.</summary>
internal sealed class InferenceWatch(
    VideoPipeline pipeline,
    AgentProgress progress,
    Degradations degradations,
    TimeProvider time,
    ILogger<InferenceWatch> logger
) : BackgroundService
{
    private const int MostFailures = 3;
    private const int MinuteOfLooks = 60;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly long[] _failures = new long[MinuteOfLooks];
    private int _looks;
    private bool _wasOverdue;

    /// <summary>Looks once.</summary>
    public void Look()
    {
        Degradation? overdue = progress.Judge() is { Code: HealthCode.InferenceOverdue } fault
            ? fault
            : null;
        if (overdue is { } late && !_wasOverdue)
        {
            ModelLog.Overdue(logger, late.Detail);
            pipeline.TerminateInference();
        }

        _wasOverdue = overdue is not null;
        long now = pipeline.Statistics.Sum(camera => camera.InferenceFailures);
        long minuteAgo = _failures[_looks % MinuteOfLooks];
        _failures[_looks++ % MinuteOfLooks] = now;
        if (now - minuteAgo >= MostFailures)
        {
            degradations.Raise(
                HealthCode.InferenceFailing,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the inference of {now - minuteAgo} frames has failed in the last minute; they were dropped"
                )
            );
        }
        else
        {
            degradations.Clear(HealthCode.InferenceFailing);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                Look();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }
}
