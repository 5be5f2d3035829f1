using AsffEdge.Trainer.Network;
using static AsffEdge.Trainer.Export.OnnxGraphBuilder;

namespace AsffEdge.Trainer.Export;

/// <summary>
/// Interprets the network as ONNX nodes. Batch normalisation is folded into the convolution before it. In half precision the
/// softmax of the fusion weights, the sampling offsets and the outputs stay float32.
/// </summary>
internal sealed class OnnxOps : INetworkOps<OnnxMap>
{
    private const float NormEpsilon = 1e-5f;
    private readonly OnnxGraphBuilder _graph;
    private readonly Func<string, float[]> _state;
    private readonly OnnxType _precision;

    /// <param name="graph">Takes the nodes.</param>
    /// <param name="state">A state tensor's values by name.</param>
    /// <param name="half">Compute in half precision.</param>
    public OnnxOps(OnnxGraphBuilder graph, Func<string, float[]> state, bool half)
    {
        _graph = graph;
        _state = state;
        _precision = half ? OnnxType.Fp16 : OnnxType.Fp32;
    }

    /// <summary>The graph's input as a map in the working precision.</summary>
    public OnnxMap Input(string name)
    {
        _graph.AddInput(name, 3);
        return Cast(new OnnxMap(name, 3, OnnxType.Fp32), _precision);
    }

    /// <summary>Makes a map an output of the graph, as float32.</summary>
    public void Output(OnnxMap map, string name)
    {
        _graph.Rename(Cast(map, OnnxType.Fp32).Name, name);
        _graph.AddOutput(name, map.Channels);
    }

    /// <inheritdoc/>
    public int Channels(OnnxMap x) => x.Channels;

    /// <inheritdoc/>
    public OnnxMap ConvBlock(
        OnnxMap x,
        string name,
        int channels,
        Activation activation,
        int kernel = 1,
        int stride = 1,
        int groups = 1
    )
    {
        // y = γ·(w∗x − μ)/√(σ² + ε) + β is one convolution with other weights and a bias.
        float[] weights = [.. _state($"{name}.conv.weight")];
        float[] scale = _state($"{name}.norm.weight");
        float[] shift = _state($"{name}.norm.bias");
        float[] mean = _state($"{name}.norm.running_mean");
        float[] variance = _state($"{name}.norm.running_var");
        float[] bias = new float[channels];
        int perChannel = weights.Length / channels;
        for (int channel = 0; channel < channels; channel++)
        {
            double factor = scale[channel] / Math.Sqrt(variance[channel] + NormEpsilon);
            bias[channel] = (float)(shift[channel] - (mean[channel] * factor));
            for (int i = channel * perChannel; i < (channel + 1) * perChannel; i++)
            {
                weights[i] = (float)(weights[i] * factor);
            }
        }

        OnnxMap y = Convolve(x, name, weights, bias, channels, kernel, stride, dilation: 1, groups);
        return Activate(y, activation);
    }

    /// <inheritdoc/>
    public OnnxMap Activate(OnnxMap x, Activation activation) =>
        activation switch
        {
            Activation.Relu => x with { Name = _graph.AddNode("Relu", [x.Name]) },
            Activation.LeakyRelu => x with
            {
                Name = _graph.AddNode("LeakyRelu", [x.Name], [Number("alpha", 0.1f)]),
            },
            Activation.Relu6 => x with
            {
                Name = _graph.AddNode(
                    "Clip",
                    [
                        x.Name,
                        _graph.AddFloats($"zero_{x.Type}", [0], [], x.Type),
                        _graph.AddFloats($"six_{x.Type}", [6], [], x.Type),
                    ]
                ),
            },
            _ => x,
        };

    /// <inheritdoc/>
    public OnnxMap Conv(
        OnnxMap x,
        string name,
        int channels,
        int kernel = 1,
        int dilation = 1,
        int groups = 1,
        int stride = 1
    ) =>
        Convolve(
            x,
            name,
            _state($"{name}.weight"),
            _state($"{name}.bias"),
            channels,
            kernel,
            stride,
            dilation,
            groups
        );

    /// <inheritdoc/>
    public OnnxMap DeformConv(
        OnnxMap x,
        OnnxMap offsets,
        string name,
        int channels,
        int kernel,
        int groups
    )
    {
        OnnxMap wide = Cast(x, OnnxType.Fp32);
        string weight = _graph.AddFloats(
            $"{name}.weight",
            _state($"{name}.weight"),
            [channels, x.Channels, kernel, kernel]
        );
        string bias = _graph.AddFloats($"{name}.bias", _state($"{name}.bias"), [channels]);
        long padding = (kernel - 1) / 2;
        string y = _graph.AddNode(
            "DeformConv",
            [wide.Name, weight, Cast(offsets, OnnxType.Fp32).Name, bias],
            [
                Integer("offset_group", groups),
                Integers("kernel_shape", kernel, kernel),
                Integers("pads", padding, padding, padding, padding),
            ]
        );
        return Cast(new OnnxMap(y, channels, OnnxType.Fp32), x.Type);
    }

    /// <inheritdoc/>
    public OnnxMap Add(OnnxMap a, OnnxMap b) =>
        a with
        {
            Name = _graph.AddNode("Add", [a.Name, Cast(b, a.Type).Name]),
        };

    /// <inheritdoc/>
    public OnnxMap Mul(OnnxMap a, OnnxMap b) =>
        a with
        {
            Name = _graph.AddNode("Mul", [a.Name, Cast(b, a.Type).Name]),
        };

    /// <inheritdoc/>
    public OnnxMap Concat(params ReadOnlySpan<OnnxMap> maps)
    {
        string[] names = new string[maps.Length];
        int channels = 0;
        for (int i = 0; i < maps.Length; i++)
        {
            names[i] = maps[i].Name;
            channels += maps[i].Channels;
        }

        return new OnnxMap(
            _graph.AddNode("Concat", names, [Integer("axis", 1)]),
            channels,
            maps[0].Type
        );
    }

    /// <inheritdoc/>
    public OnnxMap Softmax(OnnxMap x)
    {
        OnnxMap wide = Cast(x, OnnxType.Fp32);
        return wide with { Name = _graph.AddNode("Softmax", [wide.Name], [Integer("axis", 1)]) };
    }

    /// <inheritdoc/>
    public OnnxMap Slice(OnnxMap x, int start, int count)
    {
        string y = _graph.AddNode(
            "Slice",
            [
                x.Name,
                _graph.AddIntegers($"int_{start}", start),
                _graph.AddIntegers($"int_{start + count}", start + count),
                _graph.AddIntegers("int_1", 1),
            ]
        );
        return x with { Name = y, Channels = count };
    }

    /// <inheritdoc/>
    public OnnxMap Upsample(OnnxMap x, int factor)
    {
        string scales = _graph.AddFloats($"scale_{factor}", [1, 1, factor, factor], [4]);
        string y = _graph.AddNode(
            "Resize",
            [x.Name, "", scales],
            [
                Text("mode", "nearest"),
                Text("coordinate_transformation_mode", "asymmetric"),
                Text("nearest_mode", "floor"),
            ]
        );
        return x with { Name = y };
    }

    /// <inheritdoc/>
    public OnnxMap MaxPool(OnnxMap x, int kernel, int stride = 1)
    {
        long padding = kernel / 2;
        string y = _graph.AddNode(
            "MaxPool",
            [x.Name],
            [
                Integers("kernel_shape", kernel, kernel),
                Integers("strides", stride, stride),
                Integers("pads", padding, padding, padding, padding),
            ]
        );
        return x with { Name = y };
    }

    /// <inheritdoc/>
    public OnnxMap DropBlock(OnnxMap x, int site) => x;

    /// <inheritdoc/>
    public OnnxMap Detach(OnnxMap x) => x;

    /// <inheritdoc/>
    public OnnxMap AddBases(OnnxMap prediction, IReadOnlyList<float[]> bases)
    {
        OnnxMap wide = Cast(prediction, OnnxType.Fp32);
        float[] added = new float[prediction.Channels];
        int perPrediction = prediction.Channels / bases.Count;
        for (int i = 0; i < 2 * bases.Count; i++)
        {
            added[SizeChannel(i, perPrediction)] = MathF.Log(bases[i / 2][i % 2]);
        }

        string constant = _graph.AddFloats(
            $"{prediction.Name}.bases",
            added,
            [1, prediction.Channels, 1, 1]
        );
        return wide with { Name = _graph.AddNode("Add", [wide.Name, constant]) };
    }

    /// <summary>A constant 1×1 convolution puts each guidance channel where its size is, and its bias adds ln of the base.</summary>
    /// <inheritdoc/>
    public OnnxMap AddGuidance(OnnxMap prediction, OnnxMap guidance, IReadOnlyList<float[]> bases)
    {
        int perPrediction = prediction.Channels / bases.Count;
        float[] weights = new float[prediction.Channels * guidance.Channels];
        float[] bias = new float[prediction.Channels];
        for (int i = 0; i < guidance.Channels; i++)
        {
            int target = SizeChannel(i, perPrediction);
            weights[(target * guidance.Channels) + i] = 1;
            bias[target] = MathF.Log(bases[i / 2][i % 2]);
        }

        OnnxMap scattered = Convolve(
            Cast(guidance, OnnxType.Fp32),
            $"{guidance.Name}.scatter",
            weights,
            bias,
            prediction.Channels,
            kernel: 1,
            stride: 1,
            dilation: 1,
            groups: 1
        );
        return Add(scattered, prediction);
    }

    /// <inheritdoc/>
    public void Observe(string name, OnnxMap x) { }

    /// <summary>Where the i-th of all log sizes (w, h of the first prediction, w, h of the second, …) is in a prediction map.</summary>
    private static int SizeChannel(int i, int perPrediction) =>
        (i / 2 * perPrediction) + 2 + (i % 2);

    private OnnxMap Cast(OnnxMap x, OnnxType type) =>
        x.Type == type
            ? x
            : x with
            {
                Name = _graph.AddNode("Cast", [x.Name], [Integer("to", (long)type)]),
                Type = type,
            };

    private OnnxMap Convolve(
        OnnxMap x,
        string name,
        float[] weights,
        float[] bias,
        int channels,
        int kernel,
        int stride,
        int dilation,
        int groups
    )
    {
        long padding = (long)dilation * (kernel - 1) / 2;
        string y = _graph.AddNode(
            "Conv",
            [
                x.Name,
                _graph.AddFloats(
                    $"{name}.weight",
                    weights,
                    [channels, x.Channels / groups, kernel, kernel],
                    x.Type
                ),
                _graph.AddFloats($"{name}.bias", bias, [channels], x.Type),
            ],
            [
                Integers("kernel_shape", kernel, kernel),
                Integers("strides", stride, stride),
                Integers("dilations", dilation, dilation),
                Integers("pads", padding, padding, padding, padding),
                Integer("group", groups),
            ]
        );
        return x with { Name = y, Channels = channels };
    }
}
