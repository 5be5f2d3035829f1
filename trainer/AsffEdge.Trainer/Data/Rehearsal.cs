namespace AsffEdge.Trainer.Data;

/// <summary>Old pictures among the new ones of every batch, against forgetting.</summary>
/// <param name="First">The number of the first old picture; all before are new.</param>
/// <param name="PerBatch">Old pictures a batch, below the batch.</param>
public sealed record Rehearsal(int First, int PerBatch);
