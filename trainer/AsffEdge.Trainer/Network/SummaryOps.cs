namespace AsffEdge.Trainer.Network;

/// <summary>Interprets the network as shapes: lists its layers, its state and its cost without allocating a weight.</summary>
public sealed class SummaryOps : INetworkOps<MapShape>
{
    private readonly List<LayerSummary> _layers = [];
    private readonly List<StateEntry> _state = [];
    private readonly HashSet<string> _names = [];

    /// <summary>Layers with parameters, in order of execution.</summary>
    public IReadOnlyList<LayerSummary> Layers => _layers;

    /// <summary>The state tensors, in order of execution.</summary>
    public IReadOnlyList<StateEntry> State => _state;

    /// <summary>Summarises a network at one input size.</summary>
    /// <param name="network">The network.</param>
    /// <param name="size">Input size in pixels, a multiple of 32.</param>
    public static SummaryOps Of(NetworkConfiguration network, int size = 416)
    {
        var ops = new SummaryOps();
        DetectorNetwork.ForwardMaps(ops, new MapShape(3, size, size), network);
        return ops;
    }

    /// <inheritdoc/>
    public int Channels(MapShape x) => x.Channels;

    /// <inheritdoc/>
    public MapShape ConvBlock(
        MapShape x,
        string name,
        int channels,
        Activation activation,
        int kernel = 1,
        int stride = 1,
        int groups = 1
    )
    {
        AddState(
            $"{name}.conv.weight",
            StateKind.ConvolutionWeight,
            channels,
            x.Channels / groups,
            kernel,
            kernel
        );
        AddState($"{name}.norm.weight", StateKind.NormWeight, channels);
        AddState($"{name}.norm.bias", StateKind.NormBias, channels);
        AddState($"{name}.norm.running_mean", StateKind.RunningMean, channels);
        AddState($"{name}.norm.running_var", StateKind.RunningVariance, channels);
        long weights = (long)channels * (x.Channels / groups) * kernel * kernel;
        var output = new MapShape(channels, Strided(x.Height, stride), Strided(x.Width, stride));
        string operation = groups == 1 ? "conv" : "depthwise";
        AddLayer(
            name,
            $"{operation} {kernel}×{kernel}{(stride > 1 ? $"/{stride}" : "")} + norm",
            output,
            weights + (2L * channels),
            weights
        );
        return output;
    }

    /// <inheritdoc/>
    public MapShape Conv(
        MapShape x,
        string name,
        int channels,
        int kernel = 1,
        int dilation = 1,
        int groups = 1,
        int stride = 1
    ) =>
        Plain(
            x,
            name,
            channels,
            kernel,
            groups,
            $"conv {kernel}×{kernel}{(dilation > 1 ? $" dilation {dilation}" : "")}{(stride > 1 ? $"/{stride}" : "")}",
            stride
        );

    /// <inheritdoc/>
    public MapShape Activate(MapShape x, Activation activation) => x;

    /// <inheritdoc/>
    public MapShape DeformConv(
        MapShape x,
        MapShape offsets,
        string name,
        int channels,
        int kernel,
        int groups
    ) => Plain(x, name, channels, kernel, groups: 1, $"deformable {kernel}×{kernel}");

    /// <inheritdoc/>
    public MapShape Add(MapShape a, MapShape b) => Same(a, b);

    /// <inheritdoc/>
    public MapShape Mul(MapShape a, MapShape b) => Same(a, b with { Channels = a.Channels });

    /// <inheritdoc/>
    public MapShape Concat(params ReadOnlySpan<MapShape> maps)
    {
        MapShape result = maps[0];
        foreach (MapShape map in maps[1..])
        {
            Same(maps[0] with { Channels = map.Channels }, map);
            result = result with { Channels = result.Channels + map.Channels };
        }

        return result;
    }

    /// <inheritdoc/>
    public MapShape Softmax(MapShape x) => x;

    /// <inheritdoc/>
    public MapShape Slice(MapShape x, int start, int count) => x with { Channels = count };

    /// <inheritdoc/>
    public MapShape Upsample(MapShape x, int factor) =>
        x with
        {
            Height = x.Height * factor,
            Width = x.Width * factor,
        };

    /// <inheritdoc/>
    public MapShape MaxPool(MapShape x, int kernel, int stride = 1) =>
        x with
        {
            Height = Strided(x.Height, stride),
            Width = Strided(x.Width, stride),
        };

    /// <inheritdoc/>
    public MapShape DropBlock(MapShape x, int site) => x;

    /// <inheritdoc/>
    public MapShape Detach(MapShape x) => x;

    /// <inheritdoc/>
    public MapShape AddBases(MapShape prediction, IReadOnlyList<float[]> bases) => prediction;

    /// <inheritdoc/>
    public MapShape AddGuidance(
        MapShape prediction,
        MapShape guidance,
        IReadOnlyList<float[]> bases
    ) => prediction;

    /// <inheritdoc/>
    public void Observe(string name, MapShape x) { }

    private static int Strided(int size, int stride) => ((size - 1) / stride) + 1;

    private static MapShape Same(MapShape a, MapShape b) =>
        a == b
            ? a
            : throw new InvalidOperationException($"maps of different shapes meet: {a} and {b}");

    private MapShape Plain(
        MapShape x,
        string name,
        int channels,
        int kernel,
        int groups,
        string operation,
        int stride = 1
    )
    {
        bool isShared = _names.Contains($"{name}.weight");
        AddState(
            $"{name}.weight",
            StateKind.ConvolutionWeight,
            channels,
            x.Channels / groups,
            kernel,
            kernel
        );
        AddState($"{name}.bias", StateKind.Bias, channels);
        long weights = (long)channels * (x.Channels / groups) * kernel * kernel;
        var output = new MapShape(channels, Strided(x.Height, stride), Strided(x.Width, stride));
        AddLayer(
            name,
            isShared ? $"{operation} (shared)" : operation,
            output,
            isShared ? 0 : weights + channels,
            weights
        );
        return output;
    }

    /// <summary>Convolutions that several levels share bring their state once.</summary>
    private void AddState(string name, StateKind kind, params long[] shape)
    {
        if (_names.Add(name))
        {
            _state.Add(new StateEntry(name, shape, kind));
        }
    }

    private void AddLayer(
        string name,
        string operation,
        MapShape output,
        long parameters,
        long weights
    ) =>
        _layers.Add(
            new LayerSummary(
                name,
                operation,
                output,
                parameters,
                weights * output.Height * output.Width
            )
        );
}
