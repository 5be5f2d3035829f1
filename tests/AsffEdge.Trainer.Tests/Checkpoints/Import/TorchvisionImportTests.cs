using System.Globalization;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Commands;
using AsffEdge.Trainer.Tests.Data;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary>RetinaNet's weights from files as torchvision's models are saved: names of both spellings, COCO's class numbers, no fusion.</summary>
public sealed class TorchvisionImportTests : IDisposable
{
    private static readonly int[] Gaps = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_value_arrives(bool isOldSpelling)
    {
        NetworkConfiguration network = Create("retinanet_r50", classes: 3);
        using NetworkState saved = NetworkState.Initialise(network, seed: 9);
        List<(string Name, long[] Shape, float[] Values)> tensors = AuthorWeights.Of(
            network,
            saved
        );
        Assert.Contains(tensors, tensor => tensor.Name == "backbone.body.layer1.0.conv1.weight");
        Assert.Contains(tensors, tensor => tensor.Name == "head.regression_head.conv.3.0.bias");
        if (isOldSpelling)
        {
            tensors = [.. tensors.Select(tensor => tensor with { Name = Old(tensor.Name) })];
            Assert.Contains(tensors, tensor => tensor.Name == "head.regression_head.conv.6.bias");
        }

        AuthorWeights.Write(At("w.pth"), tensors);
        string output = Import(0, "retinanet_r50", classes: 3);
        Assert.DoesNotContain("missing", output, StringComparison.Ordinal);
        Assert.DoesNotContain("unused", output, StringComparison.Ordinal);
        (NetworkState state, _) = Checkpoint.Load(At("c.safetensors"));
        using (state)
        {
            Assert.All(
                state.Entries,
                entry => Assert.Equal(saved.Read(entry.Name), state.Read(entry.Name))
            );
        }
    }

    [Fact]
    public void Of_91_outputs_a_network_of_80_classes_takes_those_that_name_one()
    {
        NetworkConfiguration coco = Create("retinanet_r50", classes: 91);
        using NetworkState saved = NetworkState.Initialise(coco, seed: 9);
        List<(string Name, long[] Shape, float[] Values)> tensors = AuthorWeights.Of(coco, saved);
        // Every output says which anchor and which of COCO's numbers it is.
        float[] numbered = [.. Enumerable.Range(0, 9 * 91).Select(i => (float)i)];
        foreach ((int i, (string name, long[] shape, float[] values)) in tensors.Index().ToArray())
        {
            if (name.Contains("cls_logits", StringComparison.Ordinal))
            {
                int length = values.Length / numbered.Length;
                tensors[i] = (
                    name,
                    shape,
                    [.. numbered.SelectMany(n => Enumerable.Repeat(n, length))]
                );
            }
        }

        AuthorWeights.Write(At("w.pth"), tensors);
        string output = Import(0, "retinanet_r50", classes: 80);
        Assert.Contains("91 outputs by COCO's numbers", output, StringComparison.Ordinal);
        float[] expected =
        [
            .. from anchor in Enumerable.Range(0, 9)
            from number in Enumerable.Range(1, 90).Except(Gaps)
            select (anchor * 91f) + number,
        ];
        (NetworkState state, _) = Checkpoint.Load(At("c.safetensors"));
        using (state)
        {
            Assert.Equal(expected, state.Read("head.class.prediction.bias"));
            float[] weights = state.Read("head.class.prediction.weight");
            int length = weights.Length / expected.Length;
            Assert.Equal(expected.SelectMany(n => Enumerable.Repeat(n, length)), weights);
        }

        // Any other number of classes has no such meaning; what would fit is named.
        output = Import(1, "retinanet_r50", classes: 79);
        Assert.Contains(
            "cls_logits.bias has shape [819]; this network needs [711]",
            output,
            StringComparison.Ordinal
        );
        output = Import(0, "retinanet_r50", classes: 91);
        Assert.DoesNotContain("COCO", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Fusion_starts_fresh_only_when_asked()
    {
        NetworkConfiguration plain = Create("retinanet_r50", classes: 3);
        using NetworkState saved = NetworkState.Initialise(plain, seed: 9);
        AuthorWeights.Write(At("w.pth"), AuthorWeights.Of(plain, saved));
        string output = Import(1, "retinanet_r50_asff", classes: 3);
        Assert.Contains("fusion.level0.weights: weight, bias", output, StringComparison.Ordinal);
        Assert.Contains("--partial", output, StringComparison.Ordinal);
        Assert.False(File.Exists(At("c.safetensors")));

        output = Import(0, "retinanet_r50_asff", classes: 3, "--partial");
        Assert.Contains("have fresh values and need training", output, StringComparison.Ordinal);
        (NetworkState state, CheckpointInfo info) = Checkpoint.Load(At("c.safetensors"));
        using (state)
        {
            Assert.Equal("retinanet_r50_asff", info.Network.Variant);
            foreach (StateEntry entry in saved.Entries)
            {
                Assert.Equal(saved.Read(entry.Name), state.Read(entry.Name));
            }
        }
    }

    [Fact]
    public void Norms_with_another_epsilon_divide_by_the_same()
    {
        NetworkConfiguration network = Create("retinanet_r50", classes: 3);
        using NetworkState saved = NetworkState.Initialise(network, seed: 9);
        List<(string Name, long[] Shape, float[] Values)> tensors = AuthorWeights.Of(
            network,
            saved
        );
        // A channel that is hardly ever active: there the epsilon is what counts.
        string norm = "backbone.body.bn1.running_var";
        int at = tensors.FindIndex(tensor => tensor.Name == norm);
        tensors[at].Values[0] = 1e-7f;
        AuthorWeights.Write(At("w.pth"), tensors);
        Import(0, "retinanet_r50", classes: 3, "--norm-eps", "0");
        (NetworkState state, _) = Checkpoint.Load(At("c.safetensors"));
        using (state)
        {
            string[] variances =
            [
                .. state
                    .Entries.Select(entry => entry.Name)
                    .Where(name => name.EndsWith("running_var", StringComparison.Ordinal)),
            ];
            Assert.NotEmpty(variances);
            foreach (string name in variances)
            {
                float[] expected = saved.Read(name);
                float[] actual = state.Read(name);
                for (int i = 0; i < expected.Length; i++)
                {
                    float before = name == CurrentName(norm) && i == 0 ? 1e-7f : expected[i];
                    Assert.Equal(before, actual[i] + 1e-5, 1e-7 * Math.Max(0.01, before));
                }
            }
        }

        string output = Import(2, "retinanet_r50", classes: 3, "--norm-eps", "-1");
        Assert.Contains("--norm-eps is -1; allowed: 0 to 0.01", output, StringComparison.Ordinal);

        string CurrentName(string theirs) =>
            saved
                .Entries.Select(entry => entry.Name)
                .Single(name => AuthorNames.For(network)[name] == theirs);
    }

    [Fact]
    public void A_file_of_the_other_detector_is_refused()
    {
        using NetworkState saved = NetworkState.Initialise(TinyNetwork.Configuration, seed: 9);
        AuthorWeights.Write(At("w.pth"), AuthorWeights.Of(TinyNetwork.Configuration, saved));
        string output = Import(1, "retinanet_r50", classes: 1);
        Assert.Contains("none of its", output, StringComparison.Ordinal);
        Assert.Contains("torchvision's", output, StringComparison.Ordinal);
    }

    private static NetworkConfiguration Create(string variant, int classes) =>
        Variants.Create(variant, classes) with
        {
            BackboneWidth = 0.1,
            NeckWidth = 0.1,
        };

    private static string Old(string name)
    {
        string[] parts = name.Split('.');
        return parts is ["head", _, "conv", var index, "0", var part]
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"head.{parts[1]}.conv.{2 * int.Parse(index, CultureInfo.InvariantCulture)}.{part}"
            )
            : name;
    }

    private string Import(int expected, string variant, int classes, params string[] more)
    {
        (int code, string output, string errors) = CommandLine.Invoke(
            ImportCommand.Create(),
            [
                At("w.pth"),
                "--variant",
                variant,
                "--classes",
                classes.ToString(CultureInfo.InvariantCulture),
                "--backbone-width",
                "0.1",
                "--neck-width",
                "0.1",
                "--out",
                At("c.safetensors"),
                .. more,
            ]
        );
        Assert.True(code == expected, $"exit code {code}: {errors}");
        return output + errors;
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
