using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AsffEdge.Detection;

/// <summary>The session's inputs and outputs bound, for one input size, to memory that all sizes share.</summary>
internal sealed class BoundSize : IDisposable
{
    private readonly OrtValue[] _inputs;
    private readonly OrtIoBinding[] _bindings;
    private readonly OrtValue[] _outputs;

    public BoundSize(
        ModelFile model,
        int size,
        IReadOnlyList<AlignedBuffer> inputs,
        IReadOnlyList<AlignedBuffer> outputs
    )
    {
        Size = size;
        Heads = HeadShape.All(model.Manifest, size);
        _inputs = [.. inputs.Select(input => Wrap(input, 3, size, size))];
        _outputs =
        [
            .. Heads.Zip(
                outputs,
                (head, output) => Wrap(output, head.Channels, head.Rows, head.Columns)
            ),
        ];
        _bindings = [.. _inputs.Select(input => Bind(model, input))];
    }

    public int Size { get; }

    public int InputLength => 3 * Size * Size;

    public HeadShape[] Heads { get; }

    /// <summary>One of the inputs, and the outputs.</summary>
    public OrtIoBinding Binding(int input) => _bindings[input];

    public void Dispose()
    {
        foreach (
            IDisposable bound in (IEnumerable<IDisposable>)[.. _bindings, .. _inputs, .. _outputs]
        )
        {
            bound.Dispose();
        }
    }

    private OrtIoBinding Bind(ModelFile model, OrtValue input)
    {
        OrtIoBinding binding = model.Session.CreateIoBinding();
        binding.BindInput(model.Manifest.Input.Name, input);
        for (int level = 0; level < _outputs.Length; level++)
        {
            binding.BindOutput(model.Manifest.Heads[level].Output, _outputs[level]);
        }

        return binding;
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
