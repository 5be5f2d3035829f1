namespace AsffEdge.Trainer.Evaluation;

/// <summary>What a detector does at one score threshold.</summary>
/// <param name="Score">Detections with at least this score are taken.</param>
/// <param name="Precision">0..1.</param>
/// <param name="Recall">0..1.</param>
public readonly record struct OperatingPoint(double Score, double Precision, double Recall)
{
    /// <summary>Harmonic mean of precision and recall, 0..1.</summary>
    public double F1 => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);
}
