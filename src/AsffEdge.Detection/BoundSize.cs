using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AsffEdge.Detection;

/// <summary>The session's input and outputs bound, for one input size, to memory that all sizes share.</summary>
internal sealed class BoundSize : IDisposable
{
    private readonly OrtValue _input;
    private readonly OrtValue[] _outputs;

    public BoundSize(
        ModelFile model,
        int size,
        AlignedBuffer input,
        IReadOnlyList<AlignedBuffer> outputs
    )
    {
        Size = size;
        Heads = HeadShape.All(model.Manifest, size);
        Binding = model.Session.CreateIoBinding();
        _input = Wrap(input, 3, size, size);
        Binding.BindInput(model.Manifest.Input.Name, _input);
        _outputs = new OrtValue[Heads.Length];
        for (int level = 0; level < Heads.Length; level++)
        {
            HeadShape head = Heads[level];
            _outputs[level] = Wrap(outputs[level], head.Channels, head.Rows, head.Columns);
            Binding.BindOutput(model.Manifest.Heads[level].Output, _outputs[level]);
        }
    }

    public int Size { get; }

    public int InputLength => 3 * Size * Size;

    public HeadShape[] Heads { get; }

    public OrtIoBinding Binding { get; }

    public void Dispose()
    {
        Binding.Dispose();
        _input.Dispose();
        foreach (OrtValue output in _outputs)
        {
            output.Dispose();
        }
    }

    private static OrtValue Wrap(AlignedBuffer buffer, int channels, int height, int width) =>
        OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            TensorElementType.Float,
            [1, channels, height, width],
            buffer.Pointer,
            (long)channels * height * width * sizeof(float)
        );
}
