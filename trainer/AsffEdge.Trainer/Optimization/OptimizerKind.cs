namespace AsffEdge.Trainer.Optimization;

/// <summary>The update rule.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum: the paper's.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay: reaches a usable model in fewer steps from scratch.</summary>
    AdamW,
}
