using System.Globalization;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>A model that was just put to use, until it has shown that it works.</summary>
/// <param name="Model">The model.</param>
/// <param name="Settles">How long it is watched.</param>
/// <param name="Start">What had been delivered and inferred when it was put to use.</param>
/// <param name="Before">Frames of the model before; empty: none are known.</param>
internal sealed record ModelTrial(
    LoadedModel Model,
    TimeSpan Settles,
    DeliveredFrames Start,
    IReadOnlyCollection<FrameFigures> Before
)
{
    /// <summary>So many failed inferences are no accident.</summary>
    public const int MostFailures = 3;

    /// <summary>How long it is watched where nobody says.</summary>
    public static readonly TimeSpan DefaultSettles = TimeSpan.FromSeconds(30);

    /// <summary>For so long it may give nothing, find nothing and be slow.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private int _failures;

    /// <summary>Counts a failed inference. Inference thread only.</summary>
    /// <returns>True the moment there are too many.</returns>
    public bool NoteFailure() => ++_failures == MostFailures;

    /// <summary>What is wrong with it by now; null: nothing.</summary>
    /// <param name="after">Its frames.</param>
    /// <param name="now">What has been delivered and inferred.</param>
    /// <param name="wanted">Frames that were to be inferred.</param>
    /// <param name="elapsed">How long it has been in use.</param>
    public (ResultCode Code, string Why)? Judge(
        IReadOnlyCollection<FrameFigures> after,
        DeliveredFrames now,
        double wanted,
        TimeSpan elapsed
    )
    {
        // Not before its time, which may be shorter than this.
        if (Settles == TimeSpan.Zero || elapsed < (Settles < Patience ? Settles : Patience))
        {
            return null;
        }

        if (ModelComparison.WhyCollapsed(Before, after) is { } collapsed)
        {
            return (ResultCode.Failed, collapsed);
        }

        long inferred = now.InferredSince(Start);
        long delivered = now.DeliveredSince(Start);
        if (delivered > 0 && inferred == 0)
        {
            return (
                ResultCode.Failed,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{delivered} frames came in {elapsed.TotalSeconds:F0} s, and none was inferred"
                )
            );
        }

        return
            inferred < ModelComparison.LeastKept * wanted
            && ModelComparison.WhySlower(Before, after) is { } slower
            ? (
                ResultCode.TooSlow,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{slower}, and {inferred} frames of {wanted:F0} were inferred"
                )
            )
            : null;
    }
}
