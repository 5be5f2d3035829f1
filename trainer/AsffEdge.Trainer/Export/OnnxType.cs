namespace AsffEdge.Trainer.Export;

/// <summary>Element types of ONNX tensors, by the format's numbers.</summary>
public enum OnnxType
{
    /// <summary>32-bit floating point.</summary>
    Fp32 = 1,

    /// <summary>64-bit integer.</summary>
    Index = 7,

    /// <summary>16-bit floating point.</summary>
    Fp16 = 10,
}
