using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Network;

/// <summary>Interprets the network as TorchSharp tensors. Tensors made on the way belong to the caller's dispose scope.</summary>
public sealed class TorchOps : INetworkOps<Tensor>
{
    /// <summary>What batch normalisation adds to the variance.</summary>
    public const double NormEpsilon = 1e-5;

    private const double NormMomentum = 0.1;

    // Kept for the life of the process: a number that TorchSharp wraps for one call is freed by the next collection, even
    // while the native code reads it (see CollectionPause), and this is the one that every convolution block passes.
    private static readonly Scalar LeakySlope = 0.1;
    private static readonly Scalar One = 1;

    private readonly NetworkState _state;
    private readonly bool _training;

    /// <summary>Interprets with the given state.</summary>
    /// <param name="state">The network's tensors.</param>
    /// <param name="training">Batch statistics (and their running averages updated in place) instead of running ones.</param>
    public TorchOps(NetworkState state, bool training)
    {
        _state = state;
        _training = training;
    }

    /// <summary>DropBlock's block sizes for the three sites and keep probability; null: switched off.</summary>
    public DropBlockSettings? DropBlockSettings { get; init; }

    /// <summary>
    /// Computes the feature maps in bfloat16 (weights, statistics and the heads' outputs stay float32): about twice the speed on
    /// processors that multiply it in hardware.
    /// </summary>
    public bool Bfloat16 { get; init; }

    /// <summary>Sees the maps that the network points out.</summary>
    public Action<string, Tensor>? Observer { get; init; }

    /// <summary>Sees what goes into each norm, with the block's name.</summary>
    public Action<string, Tensor>? NormObserver { get; init; }

    /// <summary>Which blocks, by name, keep their running statistics in a training.</summary>
    public Func<string, bool>? IsFrozen { get; init; }

    /// <inheritdoc/>
    public int Channels(Tensor x) => (int)x.shape[1];

    /// <inheritdoc/>
    public Tensor ConvBlock(
        Tensor x,
        string name,
        int channels,
        Activation activation,
        int kernel = 1,
        int stride = 1,
        int groups = 1
    )
    {
        long padding = (kernel - 1) / 2;
        Tensor y = nn.functional.conv2d(
            Narrow(x),
            Narrow(_state[$"{name}.conv.weight"]),
            null,
            strides: [stride, stride],
            padding: [padding, padding],
            groups: groups
        );
        NormObserver?.Invoke(name, y);
        y = nn.functional.batch_norm(
            y,
            _state[$"{name}.norm.running_mean"],
            _state[$"{name}.norm.running_var"],
            _state[$"{name}.norm.weight"],
            _state[$"{name}.norm.bias"],
            _training && IsFrozen?.Invoke(name) != true,
            NormMomentum,
            NormEpsilon
        );
        return Activate(y, activation);
    }

    /// <inheritdoc/>
    public Tensor Activate(Tensor x, Activation activation) =>
        activation switch
        {
            Activation.Relu => x.relu(),
            Activation.LeakyRelu => x.leaky_relu(LeakySlope),
            Activation.Relu6 => nn.functional.relu6(x),
            _ => x,
        };

    /// <inheritdoc/>
    public Tensor Conv(
        Tensor x,
        string name,
        int channels,
        int kernel = 1,
        int dilation = 1,
        int groups = 1,
        int stride = 1
    )
    {
        long padding = (long)dilation * (kernel - 1) / 2;
        return nn.functional.conv2d(
            Widen(x),
            _state[$"{name}.weight"],
            _state[$"{name}.bias"],
            strides: [stride, stride],
            padding: [padding, padding],
            dilation: [dilation, dilation],
            groups: groups
        );
    }

    /// <summary>
    /// Deformable convolution by bilinear sampling: every kernel point of every offset group is one sampled copy of the map,
    /// stacked along the height, then one matrix product.
    /// </summary>
    /// <inheritdoc/>
    public Tensor DeformConv(
        Tensor x,
        Tensor offsets,
        string name,
        int channels,
        int kernel,
        int groups
    )
    {
        (long batch, long inputs, long height, long width) = (
            x.shape[0],
            x.shape[1],
            x.shape[2],
            x.shape[3]
        );
        long points = (long)kernel * kernel;
        // Not a view: offsets that come channels-last cannot be divided into groups without a copy.
        Tensor shifts = offsets.reshape(batch * groups, points, 2, height, width);
        Tensor grid = stack(
                [
                    Sample(shifts.select(2, 1), Positions(kernel, (int)width, down: false), width),
                    Sample(shifts.select(2, 0), Positions(kernel, (int)height, down: true), height),
                ],
                dim: -1
            )
            .view(batch * groups, points * height, width, 2);
        Tensor sampled = nn.functional.grid_sample(
            Widen(x).reshape(batch * groups, inputs / groups, height, width),
            grid,
            GridSampleMode.Bilinear,
            GridSamplePaddingMode.Zeros,
            align_corners: true
        );
        Tensor patches = sampled.reshape(batch, inputs * points, height * width);
        Tensor y = matmul(_state[$"{name}.weight"].reshape(channels, inputs * points), patches);
        return Add(
            y.view(batch, channels, height, width),
            _state[$"{name}.bias"].view(1, channels, 1, 1)
        );
    }

    /// <inheritdoc/>
    public Tensor Add(Tensor a, Tensor b) => a.add(b, One);

    /// <inheritdoc/>
    public Tensor Mul(Tensor a, Tensor b) => a * b.to(a.dtype);

    /// <inheritdoc/>
    public Tensor Concat(params ReadOnlySpan<Tensor> maps) => cat(maps.ToArray(), 1);

    /// <inheritdoc/>
    public Tensor Softmax(Tensor x) => nn.functional.softmax(x, 1);

    /// <inheritdoc/>
    public Tensor Slice(Tensor x, int start, int count) => x.narrow(1, start, count);

    /// <inheritdoc/>
    public Tensor Upsample(Tensor x, int factor) =>
        nn.functional.interpolate(
            x,
            scale_factor: [factor, factor],
            mode: InterpolationMode.Nearest
        );

    /// <inheritdoc/>
    public Tensor MaxPool(Tensor x, int kernel, int stride = 1) =>
        nn.functional.max_pool2d(x, [kernel, kernel], [stride, stride], [kernel / 2, kernel / 2]);

    /// <summary>γ = (1 − keep)·W² / (block²·(W − block + 1)²), as the authors compute it; the output keeps its mean.</summary>
    /// <inheritdoc/>
    public Tensor DropBlock(Tensor x, int site)
    {
        if (!_training || DropBlockSettings is not { } settings || settings.Keep >= 1)
        {
            return x;
        }

        long width = x.shape[3];
        long block = settings.BlockSizes[site];
        double gamma =
            (1 - settings.Keep)
            * width
            * width
            / ((double)block * block * (width - block + 1) * (width - block + 1));
        using var generator = new Generator(
            (settings.Seed * NetworkConfiguration.Levels) + (ulong)site,
            x.device
        );
        // The mask and its sum are float32 whatever the map is: bfloat16 cannot count that far.
        Tensor centres = (rand(x.shape, device: x.device, generator: generator) < gamma).to(
            ScalarType.Float32
        );
        Tensor mask =
            1 - nn.functional.max_pool2d(centres, [block, block], [1, 1], [block / 2, block / 2]);
        return Mul(x, mask * (mask.numel() / mask.sum()));
    }

    /// <inheritdoc/>
    public Tensor Detach(Tensor x) => x.detach();

    /// <inheritdoc/>
    public Tensor AddBases(Tensor prediction, IReadOnlyList<float[]> bases) =>
        AddToSizes(prediction, LogBases(bases, prediction.device).view(1, -1, 2, 1, 1));

    /// <inheritdoc/>
    public Tensor AddGuidance(Tensor prediction, Tensor guidance, IReadOnlyList<float[]> bases) =>
        AddToSizes(
            prediction,
            Add(guidance, LogBases(bases, guidance.device).view(1, -1, 1, 1))
                .view(guidance.shape[0], bases.Count, 2, guidance.shape[2], guidance.shape[3])
        );

    /// <inheritdoc/>
    public void Observe(string name, Tensor x) => Observer?.Invoke(name, x);

    /// <summary>ln w, ln h of every base in turn.</summary>
    private static Tensor LogBases(IReadOnlyList<float[]> bases, Device device) =>
        tensor(
            bases.SelectMany(shape => shape).Select(side => MathF.Log(side)).ToArray(),
            device: device
        );

    /// <summary>Adds to the two log sizes of every prediction; <paramref name="added"/> is [N or 1, P, 2, H or 1, W or 1].</summary>
    private Tensor AddToSizes(Tensor prediction, Tensor added)
    {
        (long batch, long channels, long height, long width) = (
            prediction.shape[0],
            prediction.shape[1],
            prediction.shape[2],
            prediction.shape[3]
        );
        long predictions = added.shape[1];
        Tensor rows = prediction.view(batch, predictions, channels / predictions, height, width);
        Tensor sizes = Add(rows.narrow(2, 2, 2), added);
        return cat([rows.narrow(2, 0, 2), sizes, rows.narrow(2, 4, rows.shape[2] - 4)], 2)
            .view(batch, channels, height, width);
    }

    private Tensor Widen(Tensor x) => Bfloat16 ? x.to(ScalarType.Float32) : x;

    private Tensor Narrow(Tensor x) => Bfloat16 ? x.to(ScalarType.BFloat16) : x;

    /// <summary>
    /// Where each kernel point samples an undisturbed axis, in the −1…1 of grid_sample with aligned corners: [1, points, size, 1] down,
    /// [1, points, 1, size] across.
    /// </summary>
    private static Tensor Positions(int kernel, int size, bool down)
    {
        float[] positions = new float[kernel * kernel * size];
        for (int i = 0; i < positions.Length; i++)
        {
            int point = i / size;
            int step = (down ? point / kernel : point % kernel) - ((kernel - 1) / 2);
            positions[i] = ((i % size) + step) * Spacing(size) - 1;
        }

        return tensor(
            positions,
            down ? [1, kernel * kernel, size, 1] : [1, kernel * kernel, 1, size]
        );
    }

    private Tensor Sample(Tensor shifts, Tensor positions, long size) =>
        Add(shifts * tensor([Spacing(size)], device: shifts.device), positions.to(shifts.device));

    private static float Spacing(long size) => 2f / Math.Max(size - 1, 1);
}
