namespace AsffEdge.Trainer.Network;

/// <summary>What a state tensor is.</summary>
public enum StateKind
{
    /// <summary>Convolution weights [out, in/groups, k, k].</summary>
    ConvolutionWeight,

    /// <summary>Bias of a plain convolution.</summary>
    Bias,

    /// <summary>Scale of a batch normalisation.</summary>
    NormWeight,

    /// <summary>Shift of a batch normalisation.</summary>
    NormBias,

    /// <summary>Running mean of a batch normalisation.</summary>
    RunningMean,

    /// <summary>Running variance of a batch normalisation.</summary>
    RunningVariance,
}
