namespace AsffEdge.Trainer.Network;

/// <summary>
/// The operation vocabulary that the forward pass is written in, once. Interpreters give it meaning: TorchSharp tensors
/// (training), ONNX nodes (export), shapes (summary). All maps are [N, C, H, W]; padding is always "same" for the stride
/// ((kernel − 1)/2 · dilation on every side). A parameter is found by its module's name, so every call has its own.
/// </summary>
/// <typeparam name="T">A feature map in the interpreter's terms.</typeparam>
public interface INetworkOps<T>
{
    /// <summary>Channels of <paramref name="x"/>.</summary>
    int Channels(T x);

    /// <summary>Convolution without bias, batch normalisation (eps 1e-5, momentum 0.1), activation. State: <c>{name}.conv.weight</c>, <c>{name}.norm.*</c>.</summary>
    T ConvBlock(
        T x,
        string name,
        int channels,
        Activation activation,
        int kernel = 1,
        int stride = 1,
        int groups = 1
    );

    /// <summary>Plain convolution with bias. State: <c>{name}.weight</c>, <c>{name}.bias</c>.</summary>
    T Conv(
        T x,
        string name,
        int channels,
        int kernel = 1,
        int dilation = 1,
        int groups = 1,
        int stride = 1
    );

    /// <summary>The non-linearity by itself.</summary>
    T Activate(T x, Activation activation);

    /// <summary>
    /// Deformable convolution with bias, stride 1. <paramref name="offsets"/> is [N, groups·kernel²·2, H, W], for each offset group and kernel point (y, x) in pixels.
    /// State: <c>{name}.weight</c>, <c>{name}.bias</c>.
    /// </summary>
    T DeformConv(T x, T offsets, string name, int channels, int kernel, int groups);

    /// <summary>Element-wise sum.</summary>
    T Add(T a, T b);

    /// <summary>Element-wise product; a one-channel <paramref name="b"/> is shared by all channels of <paramref name="a"/>.</summary>
    T Mul(T a, T b);

    /// <summary>Concatenation along the channels.</summary>
    T Concat(params ReadOnlySpan<T> maps);

    /// <summary>Softmax over the channels.</summary>
    T Softmax(T x);

    /// <summary>Channels <paramref name="start"/> … <paramref name="start"/> + <paramref name="count"/> − 1.</summary>
    T Slice(T x, int start, int count);

    /// <summary>Nearest-neighbour enlargement by a whole factor.</summary>
    T Upsample(T x, int factor);

    /// <summary>Max-pooling, padding kernel/2.</summary>
    T MaxPool(T x, int kernel, int stride = 1);

    /// <summary>DropBlock: the identity except in training with a keep probability below 1.</summary>
    /// <param name="x">The map.</param>
    /// <param name="site">Which of the network's three sites (0 = level 0), each with its own block size.</param>
    T DropBlock(T x, int site);

    /// <summary>The same values, cut off from the gradient.</summary>
    T Detach(T x);

    /// <summary>Adds base shapes to the log sizes of a prediction map: channel p·(5+C)+2+d gains ln(base[p][d]), as in <see cref="AddGuidance"/>.</summary>
    /// <param name="prediction">[N, P·(5+C), H, W].</param>
    /// <param name="bases">P shapes (width, height) in input pixels.</param>
    T AddBases(T prediction, IReadOnlyList<float[]> bases);

    /// <summary>
    /// Adds guidance and base shapes to the log sizes of a prediction map: channel p·(5+C)+2+d gains guidance channel 2p+d and ln(base[p][d]),
    /// so that a size is exp(value) alone (d = 0: width, 1: height).
    /// </summary>
    /// <param name="prediction">[N, P·(5+C), H, W].</param>
    /// <param name="guidance">[N, 2P, H, W].</param>
    /// <param name="bases">P shapes (width, height) in input pixels.</param>
    T AddGuidance(T prediction, T guidance, IReadOnlyList<float[]> bases);

    /// <summary>Shows an intermediate map to whoever asked for it (visualisation, tests); the identity otherwise.</summary>
    void Observe(string name, T x);
}
