using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AsffEdge.Detection;
using AsffEdge.Trainer.Export.Onnx;
using AsffEdge.Trainer.Network;
using Google.Protobuf;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>
/// Weights of an exported ONNX file. The export folds each norm into the convolution before it; here the folded weights come back as the convolution's, with a norm behind them that changes nothing but
/// adds the folded bias. Outputs are the file's; the norm's statistics are not in the file, and are measured before a training (<see cref="Optimization.NormStatistics"/>).
/// </summary>
internal sealed class OnnxWeights
{
    private const int Float32 = 1;
    private const int Float16 = 10;
    private const string ConvolutionEnd = ".conv.weight";
    private const string NormEnd = ".norm.";

    private readonly string _path;
    private readonly Dictionary<string, TensorProto> _initializers;

    private OnnxWeights(
        string path,
        string sha256,
        ModelManifest manifest,
        Dictionary<string, TensorProto> initializers
    )
    {
        _path = path;
        Sha256 = sha256;
        Manifest = manifest;
        _initializers = initializers;
    }

    /// <summary>What the file says about itself.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Of the file, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>Whether a path names an ONNX file.</summary>
    public static bool IsOnnx(string path) =>
        Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It was not written by 'asff-train export'; the message names it.</exception>
    public static OnnxWeights Read(string path)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            ModelProto model = ModelProto.Parser.ParseFrom(bytes);
            string manifest =
                model
                    .MetadataProps.FirstOrDefault(entry => entry.Key == ModelManifest.MetadataKey)
                    ?.Value
                ?? throw new InvalidDataException(
                    $"it has no manifest ('{ModelManifest.MetadataKey}')"
                );
            return new OnnxWeights(
                path,
                Convert.ToHexStringLower(SHA256.HashData(bytes)),
                ModelManifest.Parse(manifest),
                model.Graph.Initializer.DistinctBy(one => one.Name).ToDictionary(one => one.Name)
            );
        }
        catch (Exception error)
            when (error
                    is InvalidProtocolBufferException
                        or FormatException
                        or InvalidDataException
                        or NullReferenceException
            )
        {
            throw new InvalidDataException(
                $"{path}: {error.Message}; expected a file written by 'asff-train export'",
                error
            );
        }
    }

    /// <summary>The values of one of the network's tensors; null where the file has none of this name and shape.</summary>
    /// <param name="entry">The tensor.</param>
    /// <param name="shapes">Shapes of all the network's tensors, by name.</param>
    /// <exception cref="InvalidDataException">The file's tensor is damaged.</exception>
    public Tensor? Find(StateEntry entry, IReadOnlyDictionary<string, StateEntry> shapes)
    {
        int norm = entry.Name.IndexOf(NormEnd, StringComparison.Ordinal);
        string block =
            norm >= 0 ? entry.Name[..norm]
            : entry.Name.EndsWith(ConvolutionEnd, StringComparison.Ordinal)
                ? entry.Name[..^ConvolutionEnd.Length]
            : "";
        if (block.Length == 0)
        {
            return Read(entry.Name, entry.Shape);
        }

        if (Read($"{block}.weight", shapes[block + ConvolutionEnd].Shape) is not { } weights)
        {
            return null;
        }

        long[] shape = [.. entry.Shape];
        return entry.Kind switch
        {
            StateKind.ConvolutionWeight => weights,
            StateKind.NormBias => Read($"{block}.bias", entry.Shape),
            // γ / √(σ² + ε) is 1.
            StateKind.NormWeight => full(shape, Math.Sqrt(1 + TorchOps.NormEpsilon)),
            StateKind.RunningVariance => ones(shape),
            _ => zeros(shape),
        };
    }

    private Tensor? Read(string name, IReadOnlyList<long> shape)
    {
        if (
            !_initializers.TryGetValue(name, out TensorProto? stored)
            || !stored.Dims.SequenceEqual(shape)
        )
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = stored.RawData.Span;
        long count = shape.Aggregate(1L, (product, size) => product * size);
        int width = stored.DataType switch
        {
            Float32 => sizeof(float),
            Float16 => sizeof(short),
            _ => throw new InvalidDataException(
                $"{_path}: '{name}' is of element type {stored.DataType}; expected float or half"
            ),
        };
        if (bytes.Length != count * width)
        {
            throw new InvalidDataException(
                $"{_path}: '{name}' has {bytes.Length} bytes; its shape needs {count * width}"
            );
        }

        float[] values =
            stored.DataType == Float32
                ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
                : Array.ConvertAll(
                    MemoryMarshal.Cast<byte, Half>(bytes).ToArray(),
                    value => (float)value
                );
        return Array.TrueForAll(values, float.IsFinite)
            ? tensor(values, [.. shape])
            : throw new InvalidDataException($"{_path}: '{name}' holds values that are not finite");
    }
}
