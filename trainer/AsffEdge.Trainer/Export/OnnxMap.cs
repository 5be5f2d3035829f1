namespace AsffEdge.Trainer.Export;

/// <summary>A feature map as a value of the ONNX graph.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Channels">Its channels.</param>
/// <param name="Type">Its element type.</param>
public readonly record struct OnnxMap(string Name, int Channels, OnnxType Type);
