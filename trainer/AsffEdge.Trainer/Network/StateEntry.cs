namespace AsffEdge.Trainer.Network;

/// <summary>One tensor of a network's state.</summary>
/// <param name="Name">Its name, in this project's terms.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Kind">What it is, which decides initialisation, weight decay and whether it is trained.</param>
public sealed record StateEntry(string Name, IReadOnlyList<long> Shape, StateKind Kind)
{
    /// <summary>Number of values.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>False for running statistics.</summary>
    public bool IsTrained => Kind is not (StateKind.RunningMean or StateKind.RunningVariance);
}
