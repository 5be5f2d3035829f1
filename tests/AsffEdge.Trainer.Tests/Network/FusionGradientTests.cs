using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Network;

/// <summary>
/// The consistency property of the paper's Section 3.3, by automatic differentiation through the network's own fusion: the loss is any
/// that has the gradients G¹, G² and G³ with respect to the fused maps y¹, y² and y³.
/// </summary>
public sealed class FusionGradientTests
{
    private const int Levels = NetworkConfiguration.Levels;
    private const int Side = 6;

    [Fact]
    public void Sum_passes_on_the_gradients_of_all_levels_alike() // Eq. 5
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using NetworkState state = NetworkState.Initialise(Pyramid(FusionKind.Sum), seed: 1);
        (Tensor[] maps, Tensor[] losses) = (Random(seed: 1), Random(seed: 2));
        Tensor[] gradients = Differentiate(state, FusionKind.Sum, maps, losses).Gradients;
        foreach (Tensor gradient in gradients)
        {
            AssertEqual(losses[0] + losses[1] + losses[2], gradient);
        }
    }

    [Fact]
    public void Concatenation_passes_on_the_gradients_of_all_levels_alike() // Eq. 5
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using NetworkState state = NetworkState.Initialise(Pyramid(FusionKind.Concat), seed: 1);
        Tensor[] maps = Random(seed: 1);
        long channels = maps[0].shape[1];
        Tensor[] losses = Random(seed: 2, channels * Levels);
        Tensor[] gradients = Differentiate(state, FusionKind.Concat, maps, losses).Gradients;
        for (int source = 0; source < Levels; source++)
        {
            // A level's part of yˡ is the channels that it went to.
            Tensor[] parts =
            [
                .. losses.Select(loss => loss.narrow(1, source * channels, channels)),
            ];
            AssertEqual(parts[0] + parts[1] + parts[2], gradients[source]);
        }
    }

    [Fact]
    public void Asff_weighs_the_gradients_of_the_levels() // Eq. 6
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using NetworkState state = NetworkState.Initialise(Pyramid(FusionKind.Asff), seed: 1);
        (Tensor[] maps, Tensor[] losses) = (Random(seed: 1), Random(seed: 2));
        (Tensor[] gradients, Tensor[] weights) = Differentiate(
            state,
            FusionKind.Asff,
            maps,
            losses,
            holdWeights: true
        );
        for (int source = 0; source < Levels; source++)
        {
            Tensor[] alphas = [.. weights.Select(weight => weight.narrow(1, source, 1))];
            AssertEqual(
                (alphas[0] * losses[0]) + (alphas[1] * losses[1]) + (alphas[2] * losses[2]),
                gradients[source]
            );
            // No level is alone and none is left out, or the equation would say little.
            Assert.All(alphas, alpha => Assert.InRange(alpha.mean().item<float>(), 0.05, 0.95));
        }
    }

    [Fact]
    public void Where_the_weights_of_the_other_levels_go_to_0_their_gradients_no_longer_reach_the_map()
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] maps = Random(seed: 1);
        // An object's centre on level 1 (the paper's number; index 0 here): marked in the first channel of x¹ alone.
        (int row, int column) = (2, 3);
        foreach (Tensor map in maps)
        {
            map[.., 0] = 0;
        }

        maps[0][0, 0, row, column] = 1;
        // Level 1 sees a positive there, levels 2 and 3 see background: gradients of opposite signs.
        Tensor one = ones_like(maps[0]);
        Tensor[] losses = [-one, one, one];

        using NetworkState sum = NetworkState.Initialise(Pyramid(FusionKind.Sum), seed: 1);
        float[] summed = At(Differentiate(sum, FusionKind.Sum, maps, losses).Gradients[0]);
        Assert.All(summed, value => Assert.Equal(1, value, 6)); // the background has won

        using NetworkState asff = NetworkState.Initialise(Pyramid(FusionKind.Asff), seed: 1);
        FavourMarkedCells(asff, strength: 40);
        // The weights are functions of the maps here: the softmax's own gradient vanishes with them.
        (Tensor[] gradients, Tensor[] weights) = Differentiate(asff, FusionKind.Asff, maps, losses);
        Assert.InRange(weights[0][0, 0, row, column].item<float>(), 1 - 1e-6, 1);
        Assert.InRange(weights[1][0, 0, row, column].item<float>(), 0, 1e-6);
        Assert.InRange(weights[2][0, 0, row, column].item<float>(), 0, 1e-6);
        Assert.All(At(gradients[0]), value => Assert.Equal(-1, value, 5));
        // Elsewhere the weights are equal, and so is every level's say: (−1 + 1 + 1) / 3.
        Assert.Equal(1f / 3, gradients[0][0, 1, row + 1, column].item<float>(), 5);
        // Levels 2 and 3 keep their own background gradients at the cell: nothing is ignored.
        Assert.All(At(gradients[1]), value => Assert.Equal(1, value, 5));
        Assert.All(At(gradients[2]), value => Assert.Equal(1, value, 5));

        float[] At(Tensor gradient) =>
            gradient[0, .., row, column].contiguous().data<float>().ToArray();
    }

    /// <summary>Three levels of one shape, as identity resizing needs: so narrow a neck that every width is the least one.</summary>
    private static NetworkConfiguration Pyramid(FusionKind fusion) =>
        Variants.Create("asff", classes: 1) with
        {
            Fusion = fusion,
            BackboneWidth = 0.1,
            NeckWidth = 0.01,
        };

    private static Tensor[] Random(int seed, long? channels = null)
    {
        using var generator = new Generator((ulong)seed);
        return
        [
            .. Enumerable
                .Range(0, Levels)
                .Select(_ =>
                    randn(
                        [1, channels ?? Pyramid(FusionKind.Asff).NeckChannels(512), Side, Side],
                        generator: generator
                    )
                ),
        ];
    }

    /// <summary>∂L/∂xⁿ of every level, where ∂L/∂yˡ is given, and the fusion weights of every level.</summary>
    private static (Tensor[] Gradients, Tensor[] Weights) Differentiate(
        NetworkState state,
        FusionKind fusion,
        Tensor[] maps,
        Tensor[] losses,
        bool holdWeights = false
    )
    {
        List<Tensor> weights = [];
        var ops = new IdentityResizingOps(
            new TorchOps(state, training: false)
            {
                Observer = (name, map) =>
                {
                    if (name.EndsWith(".weights", StringComparison.Ordinal))
                    {
                        weights.Add(map.detach());
                    }
                },
            },
            holdWeights
        );
        Tensor[] pyramid = [.. maps.Select(map => map.clone().requires_grad_(true))];
        Tensor loss = zeros([]);
        for (int level = 0; level < Levels; level++)
        {
            Tensor fused = LevelFusion.Forward(ops, pyramid, level, Pyramid(fusion));
            loss += (fused * losses[level]).sum();
        }

        loss.backward();
        return ([.. pyramid.Select(map => map.grad!)], [.. weights]);
    }

    /// <summary>
    /// Sets the 1×1 convolutions of Eq. 2 so that λ grows with the first channel of x¹ on level 1 and falls with it on levels 2 and 3.
    /// </summary>
    private static void FavourMarkedCells(NetworkState state, float strength)
    {
        using IDisposable frozen = no_grad();
        for (int level = 0; level < Levels; level++)
        {
            string name = $"fusion.level{level}";
            for (int source = 0; source < Levels; source++)
            {
                Tensor reads = state[$"{name}.weight{source}.conv.weight"];
                reads.zero_();
                reads[0, 0, 0, 0] = 1;
            }

            Tensor logits = state[$"{name}.weights.weight"];
            logits.zero_();
            logits[0, 0, 0, 0] = level == 0 ? strength : -strength;
        }
    }

    private static void AssertEqual(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange(
            Close.WorstRelative(
                expected.contiguous().data<float>().ToArray(),
                actual.contiguous().data<float>().ToArray()
            ),
            0,
            1e-6
        );
    }
}
