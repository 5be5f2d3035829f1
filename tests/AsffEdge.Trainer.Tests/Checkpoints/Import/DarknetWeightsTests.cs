using AsffEdge.Trainer.Checkpoints.Import;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

public sealed class DarknetWeightsTests : IDisposable
{
    private static readonly NetworkConfiguration Network = Variants.Create("asff", 1) with
    {
        BackboneWidth = 0.1,
        NeckWidth = 0.1,
    };

    private readonly TemporaryFolder _folder = new();

    private string At => Path.Combine(_folder.Path, "darknet53.conv.74");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_layer_gets_its_values_and_the_rest_starts_fresh(int minor)
    {
        using NetworkState darknet = Random(seed: 1);
        AuthorWeights.WriteDarknet(At, darknet, minor);
        using ImportedWeights weights = ImportedWeights.Open(At, Network);
        Assert.True(weights.IsBackbone);
        Assert.Empty(weights.Notes);
        var plan = new ImportPlan(weights, Network);
        using NetworkState imported = plan.CreateState(seed: 5);
        using NetworkState fresh = NetworkState.Initialise(Network, seed: 5);
        Assert.Equal(52 * 5, plan.Entries.Count(plan.IsMatched));
        foreach (StateEntry entry in plan.Entries)
        {
            bool adapted =
                entry.Name is "backbone.stem.conv.weight" or "backbone.stem.norm.running_mean";
            float[] values = imported.Read(entry.Name);
            NetworkState source = plan.IsMatched(entry) ? darknet : fresh;
            Assert.Equal(adapted, !source.Read(entry.Name).SequenceEqual(values));
        }
    }

    [Fact]
    public void Normalised_pixels_give_what_plain_ones_gave_to_darknet()
    {
        using NetworkState darknet = Random(seed: 2);
        AuthorWeights.WriteDarknet(At, darknet, minor: 2);
        using ImportedWeights weights = ImportedWeights.Open(At, Network);
        using NetworkState imported = new ImportPlan(weights, Network).CreateState(seed: 1);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor pixels = rand([1, 3, 12, 12], generator: new Generator(3));
        Tensor mean = tensor([.. NetworkInput.Manifest.Mean], [1, 3, 1, 1]);
        Tensor std = tensor([.. NetworkInput.Manifest.Std], [1, 3, 1, 1]);
        float[] expected = Stem(darknet, pixels);
        float[] actual = Stem(imported, (pixels - mean) / std);
        Assert.InRange(Close.WorstRelative(expected, actual), 0, 1e-5);
    }

    [Fact]
    public void Files_of_other_networks_are_refused()
    {
        using NetworkState darknet = Random(seed: 1);
        AuthorWeights.WriteDarknet(At, darknet, minor: 2);
        CheckRefused(TinyNetwork.Configuration, "mobilenetv2_asff does not have");
        CheckRefused(Network with { BackboneWidth = 0.5 }, "Darknet-53 at this width has");

        AuthorWeights.WriteDarknet(At, darknet, minor: 2, rest: 3);
        CheckRefused(Network, "exactly its backbone");
        CheckRefused(Network with { BackboneWidth = 1 }, "ends after");

        byte[] bytes = File.ReadAllBytes(At);
        File.WriteAllBytes(At, bytes[..^13]);
        CheckRefused(Network, "ends after");
        File.WriteAllBytes(At, bytes[..14]);
        CheckRefused(Network, "ends after");

        // Another order of the same numbers: the variances are then something else.
        File.WriteAllBytes(At, [.. bytes[..20], .. bytes[24..^8]]);
        using ImportedWeights weights = ImportedWeights.Open(At, Network);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            new ImportPlan(weights, Network).CreateState(seed: 1)
        );
        Assert.Contains("variances below 0", error.Message);
    }

    /// <summary>The first convolution and its norm, without the pixels at the edge.</summary>
    private static float[] Stem(NetworkState state, Tensor input)
    {
        Tensor map = nn.functional.conv2d(input, state["backbone.stem.conv.weight"]);
        Tensor normed = nn.functional.batch_norm(
            map,
            state["backbone.stem.norm.running_mean"],
            state["backbone.stem.norm.running_var"],
            state["backbone.stem.norm.weight"],
            state["backbone.stem.norm.bias"],
            training: false
        );
        return normed.contiguous().data<float>().ToArray();
    }

    private static NetworkState Random(int seed)
    {
        using var generator = new Generator((ulong)seed);
        return NetworkState.Create(
            Network,
            entry =>
                entry.Kind == StateKind.RunningVariance
                    ? rand([.. entry.Shape], generator: generator)
                    : randn([.. entry.Shape], generator: generator)
        );
    }

    private void CheckRefused(NetworkConfiguration network, string named)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            ImportedWeights.Open(At, network).Dispose()
        );
        Assert.StartsWith(At, error.Message);
        Assert.Contains(named, error.Message);
    }
}
