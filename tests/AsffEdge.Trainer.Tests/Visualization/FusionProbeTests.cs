using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Prediction;
using AsffEdge.Trainer.Tests.Data;
using AsffEdge.Trainer.Visualization;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Visualization;

/// <summary>What is kept of a network's pass, on small networks of random weights.</summary>
public sealed class FusionProbeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Weights_of_the_three_levels_add_up_to_one_in_every_cell()
    {
        FusionView view = Look(TinyNetwork.Configuration, Noise());
        Assert.Equal([10, 20, 40], view.Levels.Select(level => level.Side));
        Assert.Equal([32, 16, 8], view.Levels.Select(level => level.Stride));
        foreach (LevelMaps level in view.Levels)
        {
            Assert.Equal(3, level.Weights.Count);
            Assert.Equal(level.Side * level.Side, level.Activation.Length);
            Assert.NotEqual(level.Activation.Min(), level.Activation.Max());
            for (int cell = 0; cell < level.Activation.Length; cell++)
            {
                Assert.Equal(1, level.Weights.Sum(map => map[cell]), 1e-5);
            }
        }
    }

    [Fact]
    public void Objects_are_those_that_the_predictor_finds()
    {
        using Mat picture = Noise();
        FusionView view = Look(TinyNetwork.Configuration, picture);
        using IPredictor predictor = Predictor.Open(At("c.safetensors"));
        var found = new AsffEdge.Detection.DetectedObject[Predictor.MaxDetections];
        int count = predictor.Detect(picture, 320, 0, TinyNetwork.Describe().Thresholds.Nms, found);
        Assert.Equal(found[..count], view.Objects);
    }

    [Fact]
    public void A_network_that_weighs_nothing_has_activations_only()
    {
        FusionView view = Look(
            Variants.Create("mobilenetv2", 1) with
            {
                BackboneWidth = 0.1,
                NeckWidth = 0.1,
            },
            Noise()
        );
        Assert.All(view.Levels, level => Assert.Empty(level.Weights));
        Assert.All(
            view.Levels,
            level => Assert.NotEqual(level.Activation.Min(), level.Activation.Max())
        );
    }

    public void Dispose() => _folder.Dispose();

    internal static Mat Noise()
    {
        var picture = new Mat(120, 160, MatType.CV_8UC3);
        picture.SetArray([
            .. Enumerable
                .Range(0, 120 * 160)
                .Select(i => new Vec3b((byte)(i * 7), (byte)(i / 3), (byte)(i * i))),
        ]);
        return picture;
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private FusionView Look(NetworkConfiguration network, Mat picture)
    {
        using (NetworkState state = NetworkState.Initialise(network, seed: 1))
        {
            Checkpoint.Save(
                At("c.safetensors"),
                state,
                TinyNetwork.Describe() with
                {
                    Network = network,
                }
            );
        }

        using var probe = new FusionProbe(At("c.safetensors"));
        return probe.Look(picture, 320, scoreThreshold: 0);
    }
}
