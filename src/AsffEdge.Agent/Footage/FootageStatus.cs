namespace AsffEdge.Agent.Footage;

/// <summary>How collecting goes.</summary>
/// <param name="Pictures">Pictures on disk.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="BytesToday">Bytes written today, UTC.</param>
/// <param name="Kept">Frames kept since the process started, by policy.</param>
/// <param name="KeptBytes">The bytes of their pictures, by policy.</param>
/// <param name="Duplicates">Frames chosen since the process started of which there was one like it.</param>
/// <param name="Missed">Frames chosen since the process started that could not be kept: too many at once, no budget, no disk.</param>
/// <param name="RemovedForRoom">Pictures removed since the process started because <c>max_mb</c> was reached.</param>
/// <param name="RemovedForAge">Pictures removed since the process started because they were older than <c>max_age_days</c>.</param>
/// <param name="Problem">Why none is kept, a sentence; null: they are.</param>
internal sealed record FootageStatus(
    int Pictures,
    long Bytes,
    long BytesToday,
    IReadOnlyList<long> Kept,
    IReadOnlyList<long> KeptBytes,
    long Duplicates,
    long Missed,
    long RemovedForRoom,
    long RemovedForAge,
    string? Problem
);
