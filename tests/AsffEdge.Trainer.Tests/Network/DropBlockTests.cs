using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Network;

public sealed class DropBlockTests
{
    [Fact]
    public void Dropped_cells_are_blocks_and_the_mean_is_kept()
    {
        using DisposeScope scope = NewDisposeScope();
        using NetworkState state = NetworkState.Initialise(TinyNetwork.Configuration, seed: 1);
        var ops = new TorchOps(state, training: true)
        {
            DropBlockSettings = new DropBlockSettings([5, 5, 5], 0.9, Seed: 1),
        };
        Tensor ones = torch.ones([8, 4, 26, 26]);
        Tensor dropped = ops.DropBlock(ones, site: 1);
        Assert.Equal(1, dropped.mean().item<float>(), 4);
        double share = (dropped == 0).to(ScalarType.Float32).mean().item<float>();
        Assert.InRange(share, 0.05, 0.2);
        // Opening the dropped cells by the block (erosion, then dilation) gives them back: they are whole blocks, cut off at the border only.
        Tensor kept = nn.functional.pad(
            (dropped != 0).to(ScalarType.Float32),
            [4, 4, 4, 4],
            value: 0
        );
        Tensor centres = 1 - nn.functional.max_pool2d(kept, [5, 5], [1, 1], [2, 2]);
        Tensor blocks = nn.functional.max_pool2d(centres, [5, 5], [1, 1], [2, 2]);
        Assert.True(blocks.equal(1 - kept).all().item<bool>());
    }

    [Fact]
    public void Masks_follow_from_the_seed_and_the_site()
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using NetworkState state = NetworkState.Initialise(TinyNetwork.Configuration, seed: 1);
        Tensor ones = torch.ones([1, 2, 20, 20]);
        float[] Drop(ulong seed, int site) =>
            new TorchOps(state, training: true) { DropBlockSettings = new([3, 3, 3], 0.7, seed) }
                .DropBlock(ones, site)
                .data<float>()
                .ToArray();
        Assert.Equal(Drop(1, 0), Drop(1, 0));
        Assert.NotEqual(Drop(1, 0), Drop(2, 0));
        Assert.NotEqual(Drop(1, 0), Drop(1, 1));
        Assert.NotEqual(Drop(1, 2), Drop(2, 0));
    }

    [Fact]
    public void It_is_the_identity_outside_training_and_at_keep_1()
    {
        using DisposeScope scope = NewDisposeScope();
        using NetworkState state = NetworkState.Initialise(TinyNetwork.Configuration, seed: 1);
        Tensor x = rand([1, 2, 10, 10]);
        Assert.Same(
            x,
            new TorchOps(state, training: false)
            {
                DropBlockSettings = new([3, 3, 3], 0.5, Seed: 1),
            }.DropBlock(x, 0)
        );
        Assert.Same(
            x,
            new TorchOps(state, training: true)
            {
                DropBlockSettings = new([3, 3, 3], 1, Seed: 1),
            }.DropBlock(x, 0)
        );
        Assert.Same(x, new TorchOps(state, training: true).DropBlock(x, 0));
    }
}
