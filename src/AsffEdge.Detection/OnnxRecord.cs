namespace AsffEdge.Detection;

/// <summary>One record of the outermost level of an ONNX file, by its place in the file.</summary>
/// <param name="Field">Number of the field of <c>ModelProto</c>.</param>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Body">Offset of what follows its tag and length.</param>
/// <param name="End">Offset of the byte after its last.</param>
internal readonly record struct OnnxRecord(int Field, long Start, long Body, long End);
