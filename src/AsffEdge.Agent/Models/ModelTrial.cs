namespace AsffEdge.Agent.Models;

/// <summary>A model that was just put to use, until it has shown that it works.</summary>
/// <param name="Model">The model.</param>
/// <param name="Inferred">Frames inferred when it was put to use.</param>
/// <param name="Delivered">Frames delivered by then.</param>
internal sealed record ModelTrial(LoadedModel Model, long Inferred, long Delivered)
{
    /// <summary>So many failed inferences are no accident.</summary>
    public const int MostFailures = 3;

    /// <summary>How long it is watched.</summary>
    public static readonly TimeSpan Settles = TimeSpan.FromSeconds(30);

    private int _failures;

    /// <summary>Counts a failed inference. Inference thread only.</summary>
    /// <returns>True the moment there are too many.</returns>
    public bool NoteFailure() => ++_failures == MostFailures;

    /// <summary>What is wrong at the end of the time; null: nothing.</summary>
    /// <param name="inferred">Frames inferred by now.</param>
    /// <param name="delivered">Frames delivered by now.</param>
    public string? Judge(long inferred, long delivered) =>
        delivered > Delivered && inferred == Inferred
            ? $"{delivered - Delivered} frames came in {Settles.TotalSeconds} s, and none was inferred"
            : null;
}
