using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AsffEdge.Detection;

/// <summary>
/// A model file that is open: what it says of itself, its session, and the check that the graph is what the manifest says.
/// </summary>
internal sealed class ModelFile : IDisposable
{
    private ModelFile(
        ModelContent content,
        InferenceSession session,
        string provider,
        IReadOnlyList<string> skipped
    )
    {
        Content = content;
        Session = session;
        Provider = provider;
        SkippedProviders = skipped;
        CheckInput();
        foreach (
            (HeadManifest head, HeadShape shape) in Manifest.Heads.Zip(
                HeadShape.All(Manifest, Manifest.Input.MaxSize)
            )
        )
        {
            CheckOutput(head, shape);
        }
    }

    public ModelContent Content { get; }

    public ModelManifest Manifest => Content.Manifest;

    public InferenceSession Session { get; }

    public string Provider { get; }

    public IReadOnlyList<string> SkippedProviders { get; }

    public static ModelFile Open(
        string path,
        DetectorOptions options,
        Action<ModelContent>? require
    )
    {
        ModelContent content = ModelContent.Read(path);
        require?.Invoke(content);
        var skipped = new List<string>();
        foreach (string provider in options.Providers)
        {
            InferenceSession session;
            try
            {
                session = ExecutionProvider.CreateSession(provider, path, options);
            }
            catch (Exception error) when (error is OnnxRuntimeException or NotSupportedException)
            {
                skipped.Add($"{provider}: {error.Message}");
                continue;
            }

            try
            {
                return new(content, session, provider, skipped);
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }

        throw new ModelException(
            ModelFault.NotLoadable,
            $"model '{path}' cannot be loaded; expected an ONNX file for ONNX Runtime "
                + $"{OrtEnv.Instance().GetVersionString()} ({string.Join("; ", skipped)})"
        );
    }

    public void Dispose() => Session.Dispose();

    public ModelException Fault(ModelFault fault, string what, Exception? cause = null) =>
        new(fault, $"model '{Content.Path}': {what}", cause);

    private void CheckInput()
    {
        InputManifest input = Manifest.Input;
        IReadOnlyDictionary<string, NodeMetadata> inputs = Session.InputMetadata;
        if (!inputs.TryGetValue(input.Name, out NodeMetadata? node) || inputs.Count != 1)
        {
            throw Fault(
                ModelFault.WrongGraph,
                $"the manifest names input '{input.Name}' as the only one; the graph has {Names(inputs)}"
            );
        }

        int[] fixedSizes = [input.MinSize, input.MaxSize];
        Check(
            node,
            $"input '{input.Name}'",
            $"[1, 3, S, S] for S {input.DescribeSizes()}",
            shape =>
                Fits(shape[1], 3)
                && fixedSizes.All(size => Fits(shape[2], size) && Fits(shape[3], size))
        );
    }

    private void CheckOutput(HeadManifest head, HeadShape layout)
    {
        if (!Session.OutputMetadata.TryGetValue(head.Output, out NodeMetadata? node))
        {
            throw Fault(
                ModelFault.WrongGraph,
                $"the manifest names output '{head.Output}'; the graph has {Names(Session.OutputMetadata)}"
            );
        }

        int channels = layout.Channels;
        Check(
            node,
            $"output '{head.Output}'",
            $"[1, {channels}, H, W] for {head.Predictions} predictions of {layout.ValuesPerPrediction - layout.Classes} + {layout.Classes} labels",
            shape => Fits(shape[1], channels)
        );
    }

    private void Check(NodeMetadata node, string name, string allowed, Func<int[], bool> fits)
    {
        bool isFloats =
            node.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR
            && node.ElementDataType == TensorElementType.Float;
        if (!isFloats)
        {
            throw Fault(
                ModelFault.WrongGraph,
                $"{name} does not hold float32 numbers; allowed: float32 {allowed}"
            );
        }

        int[] shape = node.Dimensions;
        if (shape.Length != 4 || !Fits(shape[0], 1) || !fits(shape))
        {
            throw Fault(
                ModelFault.WrongGraph,
                $"{name} has the shape [{string.Join(", ", shape)}] (-1: any); allowed: {allowed}"
            );
        }
    }

    /// <summary>ONNX Runtime gives −1 for a dimension that is open until the graph runs.</summary>
    private static bool Fits(int dimension, int needed) => dimension == -1 || dimension == needed;

    private static string Names(IReadOnlyDictionary<string, NodeMetadata> nodes) =>
        string.Join(", ", nodes.Keys.Select(name => $"'{name}'"));
}
