namespace AsffEdge.Agent.Footage;

/// <summary>How collecting goes.</summary>
/// <param name="Pictures">Pictures on disk.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="BytesToday">Bytes written today, UTC.</param>
/// <param name="Kept">Frames kept since the process started, by policy.</param>
/// <param name="Duplicates">Frames chosen since the process started of which there was one like it.</param>
/// <param name="Missed">Frames chosen since the process started that could not be kept: too many at once, no budget, no disk.</param>
/// <param name="Problem">Why none is kept, a sentence; null: they are.</param>
internal sealed record FootageStatus(
    int Pictures,
    long Bytes,
    long BytesToday,
    IReadOnlyList<long> Kept,
    long Duplicates,
    long Missed,
    string? Problem
);
