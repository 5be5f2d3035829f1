using System.Globalization;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models.Shadow;

/// <summary>Lets a model run in the shadow of the one in use for a time, and judges it by what was seen.</summary>
/// <param name="tap">Gives the frames.</param>
/// <param name="active">The model in use.</param>
/// <param name="pipeline">Finds what runs the model in use.</param>
/// <param name="profiles">The profile of every camera.</param>
/// <param name="time">The clock.</param>
internal sealed class ShadowTrial(
    ShadowTap tap,
    ActiveModel active,
    Func<VideoPipeline> pipeline,
    Func<IReadOnlyList<Profile>> profiles,
    TimeProvider time
)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <param name="model">The model, which nobody else uses meanwhile.</param>
    /// <param name="lasts">For how long.</param>
    /// <param name="minAgreement">Least agreement, 0..1; null: any.</param>
    /// <param name="progress">Told what was seen, about once a second.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="DocumentRejectedException">It failed, took too long or agreed too little, or there was nothing to judge it by.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(
        LoadedModel model,
        TimeSpan lasts,
        double? minAgreement,
        Action<ModelShadow> progress,
        CancellationToken ct
    )
    {
        using ShadowRun run = new(
            model.Detector,
            active.Current.Detector.Manifest.Thresholds,
            time
        );
        DeliveredFrames start = DeliveredFrames.Now(pipeline(), time);
        tap.Run = run;
        try
        {
            TimeSpan left;
            while (
                run.Failure is null
                && (left = lasts - time.GetElapsedTime(start.At)) > TimeSpan.Zero
            )
            {
                await Task.Delay(left < LookEvery ? left : LookEvery, time, ct)
                    .ConfigureAwait(false);
                progress(run.Seen);
            }
        }
        finally
        {
            // The inference thread may be in it at this moment; what it still copies goes nowhere.
            tap.Run = null;
        }

        DeliveredFrames now = DeliveredFrames.Now(pipeline(), time);
        double seconds = time.GetElapsedTime(start.At, now.At).TotalSeconds;
        double wantedFps = now.WantedSince(start, profiles(), time) / seconds;
        string? why = run.Failure ?? WhyBad(run.Seen, minAgreement, wantedFps, seconds);
        if (why is not null)
        {
            throw new DocumentRejectedException(ResultCode.BadShadow, why);
        }
    }

    /// <summary>What speaks against using a model; null: nothing.</summary>
    /// <param name="seen">What was seen.</param>
    /// <param name="minAgreement">Least agreement, 0..1; null: any.</param>
    /// <param name="wantedFps">Frames a second that are to be inferred.</param>
    /// <param name="seconds">For how long it has run.</param>
    internal static string? WhyBad(
        ModelShadow seen,
        double? minAgreement,
        double wantedFps,
        double seconds
    )
    {
        if (seen.Frames == 0)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"it saw no frame in {seconds:F0} s, so there is nothing to judge it by"
            );
        }

        if (minAgreement is { } least)
        {
            if (seen.Agreement is not { } agreement)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"neither model found anything in {seen.Frames} frames, so that they agree on at least {least} (min_agreement) is not shown"
                );
            }

            if (agreement < least)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"they agree on {agreement} of the objects in {seen.Frames} frames; expected at least {least} (min_agreement). It found {seen.Objects}, the model in use {seen.CurrentObjects}"
                );
            }
        }

        // Where the device keeps up all the same, a slower model is nobody's loss.
        return
            seen is { InferenceMsP50: { } ms, CurrentInferenceMsP50: { } currentMs }
            && ms > ModelComparison.MostSlower * currentMs
            && ms * wantedFps > 1000
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"its inference takes {ms} ms, that of the model in use {currentMs}, and at that the {wantedFps:F1} frames a second that are to be inferred cannot be"
            )
            : null;
    }
}
