using AsffEdge.Trainer.Network;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Network;

/// <summary>
/// The network on tensors, but with identities where a fusion resizes and expands: what Section 3.3 of the paper assumes to compare
/// the gradients of fusions. Everything else is the training's own interpreter.
/// </summary>
/// <param name="inner">The training's interpreter.</param>
/// <param name="holdWeights">Whether the fusion weights count as given numbers, as in Eq. 6, rather than as functions of the maps.</param>
internal sealed class IdentityResizingOps(TorchOps inner, bool holdWeights) : INetworkOps<Tensor>
{
    public int Channels(Tensor x) => inner.Channels(x);

    public Tensor ConvBlock(
        Tensor x,
        string name,
        int channels,
        Activation activation,
        int kernel = 1,
        int stride = 1,
        int groups = 1
    ) =>
        name.Contains(".weight", StringComparison.Ordinal)
            ? inner.ConvBlock(x, name, channels, activation, kernel, stride, groups)
            : x;

    public Tensor Upsample(Tensor x, int factor) => x;

    public Tensor MaxPool(Tensor x, int kernel, int stride = 1) => x;

    public Tensor Softmax(Tensor x) => holdWeights ? inner.Softmax(x).detach() : inner.Softmax(x);

    public Tensor Conv(
        Tensor x,
        string name,
        int channels,
        int kernel = 1,
        int dilation = 1,
        int groups = 1,
        int stride = 1
    ) => inner.Conv(x, name, channels, kernel, dilation, groups, stride);

    public Tensor Activate(Tensor x, Activation activation) => inner.Activate(x, activation);

    public Tensor DeformConv(
        Tensor x,
        Tensor offsets,
        string name,
        int channels,
        int kernel,
        int groups
    ) => inner.DeformConv(x, offsets, name, channels, kernel, groups);

    public Tensor Add(Tensor a, Tensor b) => inner.Add(a, b);

    public Tensor Mul(Tensor a, Tensor b) => inner.Mul(a, b);

    public Tensor Concat(params ReadOnlySpan<Tensor> maps) => inner.Concat(maps);

    public Tensor Slice(Tensor x, int start, int count) => inner.Slice(x, start, count);

    public Tensor DropBlock(Tensor x, int site) => inner.DropBlock(x, site);

    public Tensor Detach(Tensor x) => inner.Detach(x);

    public Tensor AddBases(Tensor prediction, IReadOnlyList<float[]> bases) =>
        inner.AddBases(prediction, bases);

    public Tensor AddGuidance(Tensor prediction, Tensor guidance, IReadOnlyList<float[]> bases) =>
        inner.AddGuidance(prediction, guidance, bases);

    public void Observe(string name, Tensor x) => inner.Observe(name, x);
}
