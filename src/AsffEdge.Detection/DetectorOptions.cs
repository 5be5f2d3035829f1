namespace AsffEdge.Detection;

/// <summary>How a <see cref="Detector"/> runs its model.</summary>
public sealed record DetectorOptions
{
    /// <summary>
    /// Execution providers in the order in which they are tried: <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>.
    /// </summary>
    public IReadOnlyList<string> Providers { get; init; } = ["cpu"];

    /// <summary>Threads of one inference on the CPU, and of the search for RetinaNet's boxes; 0: one a core.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Lets idle inference threads spin. Off, a camera paced below the device's limit costs about half the processor time, with lower
    /// latency; on may help a detector that never waits.
    /// </summary>
    public bool AllowSpinning { get; init; }

    /// <summary>Most objects that one picture may give, the best ones; at least 1.</summary>
    public int MaxDetections { get; init; } = 300;

    /// <summary>Sees that all are in their ranges.</summary>
    /// <exception cref="ArgumentException">One is not; the message says what is allowed.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDetections, 1);
        if (Providers.Count == 0 || Providers.Except(ExecutionProvider.Names).Any())
        {
            throw new ArgumentException(
                $"providers are [{string.Join(", ", Providers)}]; allowed: one or more of {string.Join(", ", ExecutionProvider.Names)}",
                nameof(Providers)
            );
        }
    }
}
