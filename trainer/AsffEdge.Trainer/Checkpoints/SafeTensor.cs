namespace AsffEdge.Trainer.Checkpoints;

/// <summary>A float tensor in managed memory.</summary>
/// <param name="Shape">Its shape, outermost first.</param>
/// <param name="Values">Its values in row-major order.</param>
public sealed record SafeTensor(long[] Shape, float[] Values);
