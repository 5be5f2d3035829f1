namespace AsffEdge.Trainer.Footage;

/// <summary>The parts of a data set.</summary>
public enum DatasetPart
{
    /// <summary>Trained on.</summary>
    Train,

    /// <summary>Held out.</summary>
    Validation,
}
