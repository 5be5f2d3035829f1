using System.CommandLine;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Data;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary><c>asff-train import</c> as a user runs it, on a small network.</summary>
public sealed class ImportCommandTests : IDisposable
{
    private static readonly NetworkConfiguration Network = TinyNetwork.Configuration;

    private readonly TemporaryFolder _folder = new();
    private readonly NetworkState _state = NetworkState.Initialise(Network, seed: 9);

    public void Dispose()
    {
        _state.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("w.pth")]
    [InlineData("w.old.pth")]
    [InlineData("w.safetensors")]
    public void Every_value_arrives(string name)
    {
        AuthorWeights.Write(At(name), AuthorWeights.Of(Network, _state));
        _folder.Write("labels.txt", "walker\n");
        (int code, string output, string errors) = Import(name, "--labels", At("labels.txt"));
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("counters (num_batches_tracked)", output);
        Assert.DoesNotContain("missing", output);
        Assert.DoesNotContain("unused", output);
        (NetworkState state, CheckpointInfo info) = Checkpoint.Load(At("c.safetensors"));
        using (state)
        {
            Assert.Equal(["walker"], info.Labels);
            Assert.Equal("mobilenetv2_asff", info.Network.Variant);
            Assert.All(
                state.Entries,
                entry => Assert.Equal(_state.Read(entry.Name), state.Read(entry.Name))
            );
        }
    }

    [Fact]
    public void Missing_unused_and_differing_tensors_are_listed_and_start_fresh_only_when_asked()
    {
        List<(string Name, long[] Shape, float[] Values)> tensors =
        [
            .. AuthorWeights
                .Of(Network, _state)
                .Where(tensor =>
                    !tensor.Name.StartsWith("level_1_header.guide_wh", StringComparison.Ordinal)
                ),
            ("anchors", [2], [1, 2]),
            ("extra.layer.weight", [1], [3]),
            ("extra.layer.bias", [1], [4]),
        ];
        int bias = tensors.FindIndex(tensor => tensor.Name == "level_0_header.conv.bias");
        tensors[bias] = (tensors[bias].Name, [340], new float[340]);
        AuthorWeights.Write(At("w.pth"), tensors);
        string[] listed =
        [
            "level_1_header.guide_wh: weight, bias",
            "level_0_header.conv.bias has shape [340]; this network needs [24]",
            "extra.layer: weight, bias",
            "\n  anchors\n",
        ];

        (int code, string output, string errors) = Import("w.pth");
        Assert.Equal(1, code);
        Assert.All(listed, line => Assert.Contains(line, output));
        Assert.Contains($"{At("w.pth")}: 3 of ", errors);
        Assert.Contains("--partial", errors);
        Assert.False(File.Exists(At("c.safetensors")));

        (code, output, errors) = Import("w.pth", "--partial");
        Assert.Equal((0, ""), (code, errors));
        Assert.All(listed, line => Assert.Contains(line, output));
        Assert.Contains("3 tensors have fresh values", output);
        (NetworkState state, CheckpointInfo info) = Checkpoint.Load(At("c.safetensors"));
        using (state)
        using (NetworkState fresh = NetworkState.Initialise(Network, seed: 1))
        {
            string[] absent =
            [
                "head.level1.guidance.weight",
                "head.level1.guidance.bias",
                "head.level0.prediction.bias",
            ];
            Assert.Equal(3, (int)info.Training["fresh_tensors"]!);
            Assert.All(
                state.Entries,
                entry =>
                    Assert.Equal(
                        (absent.Contains(entry.Name) ? fresh : _state).Read(entry.Name),
                        state.Read(entry.Name)
                    )
            );
        }
    }

    [Fact]
    public void Mistakes_are_named_and_leave_no_checkpoint()
    {
        List<(string Name, long[] Shape, float[] Values)> tensors = AuthorWeights.Of(
            Network,
            _state
        );
        AuthorWeights.Write(At("w.pth"), tensors);
        AuthorWeights.Write(At("w.safetensors"), tensors);
        _folder.Write("two.txt", "walker\ndog\n");
        _folder.Write("text.pth", "not weights at all");
        File.WriteAllBytes(At("empty.pth"), []);
        AuthorWeights.Write(At("other.pth"), [("conv1.weight", [1], [1])]);
        tensors[0].Values[3] = float.NaN;
        AuthorWeights.Write(At("nan.pth"), tensors);
        (string[] Arguments, int Code, string[] Words)[] cases =
        [
            (["gone.pth"], 1, ["gone.pth"]),
            (["text.pth"], 1, ["text.pth", "allowed", "safetensors"]),
            (["empty.pth"], 1, ["empty.pth", "allowed"]),
            (["other.pth", "--partial"], 1, ["other.pth", "none of its 1 tensors"]),
            (["nan.pth"], 1, ["nan.pth", "module_list.0.0.weight", "NaN at 3"]),
            (["w.pth", "--key", "ema"], 1, ["w.pth", "'ema'"]),
            (["w.safetensors", "--key", "ema"], 1, ["w.safetensors", "'ema'"]),
            (["w.pth", "--labels", At("two.txt")], 2, ["two.txt", "2 names for 1 classes"]),
            (["w.pth", "--labels", At("gone.txt")], 2, ["gone.txt", "no such file"]),
            (["w.pth", "--variant", "vgg"], 2, ["vgg", "mobilenetv2_asff"]),
        ];
        foreach ((string[] arguments, int expected, string[] words) in cases)
        {
            (int code, _, string errors) = Import(arguments[0], arguments[1..]);
            Assert.True(
                code == expected,
                $"{string.Join(' ', arguments)}: exit code {code}, expected {expected}: {errors}"
            );
            Assert.All(words, word => Assert.Contains(word, errors));
            Assert.False(File.Exists(At("c.safetensors")));
        }
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private (int Code, string Output, string Errors) Import(string file, params string[] more)
    {
        string[] network = more.Contains("--variant") ? [] : ["--variant", Network.Variant];
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = ImportCommand
            .Create()
            .Parse([
                At(file),
                .. network,
                "--classes",
                "1",
                "--backbone-width",
                "0.1",
                "--neck-width",
                "0.1",
                "--out",
                At("c.safetensors"),
                .. more,
            ])
            .Invoke(new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
