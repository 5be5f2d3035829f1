using System.Text.Json.Nodes;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Network;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _path = Path.Combine(
        Directory.CreateTempSubdirectory("asff-checkpoint-").FullName,
        "c.safetensors"
    );

    [Fact]
    public void Loading_gives_back_what_was_saved()
    {
        CheckpointInfo info = TinyNetwork.Describe();
        using NetworkState saved = NetworkState.Initialise(info.Network, seed: 3);
        Checkpoint.Save(_path, saved, info);
        (NetworkState loaded, CheckpointInfo read) = Checkpoint.Load(_path);
        using (loaded)
        {
            Assert.Equal(info.Labels, read.Labels);
            Assert.Equal(
                info.Network.Anchors.SelectMany(shape => shape),
                read.Network.Anchors.SelectMany(shape => shape)
            );
            Assert.Equal(info.Network with { Anchors = [] }, read.Network with { Anchors = [] });
            Assert.All(
                saved.Entries,
                entry =>
                    Assert.True(
                        saved[entry.Name].equal(loaded[entry.Name]).all().item<bool>(),
                        entry.Name
                    )
            );
        }
    }

    [Fact]
    public void A_description_without_the_later_switches_is_that_of_a_network_with_them_on()
    {
        CheckpointInfo info = TinyNetwork.Describe();
        using (NetworkState state = NetworkState.Initialise(info.Network, seed: 3))
        {
            Checkpoint.Save(_path, state, info);
        }

        SafetensorsFile file = SafetensorsFile.Read(_path);
        (string key, string json) = Assert.Single(file.Metadata);
        JsonNode description = JsonNode.Parse(json)!;
        JsonObject network = description["network"]!.AsObject();
        Assert.True(network.Remove("guided_anchoring"));
        Assert.True(network.Remove("anchor_free"));
        SafetensorsFile.Write(
            _path,
            file.Names.Select(name => KeyValuePair.Create(name, file[name])),
            new Dictionary<string, string> { [key] = description.ToJsonString() }
        );
        (NetworkState loaded, CheckpointInfo read) = Checkpoint.Load(_path);
        using (loaded)
        {
            Assert.Equal(info.Network with { Anchors = [] }, read.Network with { Anchors = [] });
        }
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        CheckpointInfo info = TinyNetwork.Describe();
        using (NetworkState state = NetworkState.Initialise(info.Network, seed: 3))
        {
            Checkpoint.Save(_path, state, info);
        }

        SafetensorsFile file = SafetensorsFile.Read(_path);
        SafetensorsFile.Write(
            _path,
            file.Names.Where(name => name != "backbone.stem.conv.weight")
                .Select(name => KeyValuePair.Create(name, file[name])),
            file.Metadata
        );
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            Checkpoint.Load(_path)
        );
        Assert.Contains(_path, error.Message);
        Assert.Contains("backbone.stem.conv.weight", error.Message);
    }

    [Fact]
    public void A_tensor_file_that_is_no_checkpoint_is_refused()
    {
        SafetensorsFile.Write(_path, [KeyValuePair.Create("images", new SafeTensor([1], [0]))]);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            Checkpoint.Load(_path)
        );
        Assert.Contains("no checkpoint", error.Message);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
}
