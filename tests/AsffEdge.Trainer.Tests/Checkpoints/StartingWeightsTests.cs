using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Data;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Checkpoints;

public sealed class StartingWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_network_for_other_classes_takes_all_but_its_predictions()
    {
        NetworkConfiguration three = TinyNetwork.Configuration with { Classes = 3 };
        using NetworkState from = NetworkState.Initialise(three, seed: 1);
        string path = Save(from, three);

        NetworkConfiguration one = three with { Classes = 1 };
        (NetworkState state, int taken) = StartingWeights.Load(path, one, seed: 2);
        using (state)
        using (NetworkState fresh = NetworkState.Initialise(one, seed: 2))
        {
            string[] other =
            [
                .. state
                    .Entries.Where(entry =>
                        entry.Name.Contains(".prediction.", StringComparison.Ordinal)
                    )
                    .Select(entry => entry.Name),
            ];
            Assert.NotEmpty(other);
            Assert.Equal(state.Entries.Count - other.Length, taken);
            foreach (StateEntry entry in state.Entries)
            {
                NetworkState source = other.Contains(entry.Name) ? fresh : from;
                Assert.Equal(source.Read(entry.Name), state.Read(entry.Name));
            }
        }
    }

    [Fact]
    public void A_network_of_another_width_is_refused_with_both_names()
    {
        NetworkConfiguration narrow = TinyNetwork.Configuration;
        using NetworkState from = NetworkState.Initialise(narrow, seed: 1);
        string path = Save(from, narrow);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            StartingWeights.Load(path, Variants.Create("retinanet_r50", 1), seed: 2)
        );

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(narrow.Variant, error.Message, StringComparison.Ordinal);
        Assert.Contains("retinanet_r50", error.Message, StringComparison.Ordinal);
    }

    private string Save(NetworkState state, NetworkConfiguration network)
    {
        string path = Path.Combine(_folder.Path, "from.safetensors");
        Checkpoint.Save(
            path,
            state,
            new CheckpointInfo(
                "from",
                "1.0.0",
                network,
                [.. Enumerable.Range(0, network.Classes).Select(label => $"{label}")],
                new ThresholdManifest(0.3f, 0.6f),
                []
            )
        );
        return path;
    }
}
