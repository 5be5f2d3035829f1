namespace AsffEdge.Trainer.Checkpoints;

/// <summary>The best that a run's weights have reached on its validation set.</summary>
/// <param name="Epoch">After which epoch, from 1.</param>
/// <param name="Ap">COCO's AP, 0..1.</param>
/// <param name="Ap50">AP at IoU 0.50, 0..1.</param>
public sealed record BestValidation(int Epoch, double Ap, double Ap50);
