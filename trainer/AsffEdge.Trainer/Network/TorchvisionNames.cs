using System.Globalization;
using System.Text.RegularExpressions;

namespace AsffEdge.Trainer.Network;

/// <summary>This project's module names of RetinaNet with torchvision's (<c>backbone.body.layer1…</c>). The fusion has none there and keeps its own.</summary>
internal static partial class TorchvisionNames
{
    /// <summary>
    /// The present name of a tensor. Before torchvision 0.14 a head's convolutions and activations were one list, so that its second
    /// convolution was <c>conv.2</c>; now it is <c>conv.1.0</c>.
    /// </summary>
    public static string Current(string name) =>
        OldConvolution()
            .Replace(
                name,
                match =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{match.Groups["head"].Value}{(match.Groups["index"].ValueSpan[0] - '0') / 2}.0{match.Groups["part"].Value}"
                    )
            );

    /// <summary>Every module that has state, each with its name there.</summary>
    public static IEnumerable<(string Ours, string Theirs)> Modules(NetworkConfiguration network)
    {
        const string Body = "backbone.body";
        yield return ("backbone.stem.conv", $"{Body}.conv1");
        yield return ("backbone.stem.norm", $"{Body}.bn1");
        IReadOnlyList<int> blocks = ResNet.Blocks(network.Backbone);
        for (int stage = 1; stage <= blocks.Count; stage++)
        {
            for (int block = 0; block < blocks[stage - 1]; block++)
            {
                string ours = $"backbone.stage{stage}.{block}";
                string theirs = $"{Body}.layer{stage}.{block}";
                string[] convolutions = ["reduce", "conv", "expand"];
                for (int i = 0; i < convolutions.Length; i++)
                {
                    yield return ($"{ours}.{convolutions[i]}.conv", $"{theirs}.conv{i + 1}");
                    yield return ($"{ours}.{convolutions[i]}.norm", $"{theirs}.bn{i + 1}");
                }

                if (block == 0)
                {
                    yield return ($"{ours}.shortcut.conv", $"{theirs}.downsample.0");
                    yield return ($"{ours}.shortcut.norm", $"{theirs}.downsample.1");
                }
            }
        }

        for (int level = 3; level <= 5; level++)
        {
            yield return ($"neck.p{level}.lateral", $"backbone.fpn.inner_blocks.{level - 3}.0");
            yield return ($"neck.p{level}.out", $"backbone.fpn.layer_blocks.{level - 3}.0");
        }

        yield return ("neck.p6.out", "backbone.fpn.extra_blocks.p6");
        yield return ("neck.p7.out", "backbone.fpn.extra_blocks.p7");
        for (int i = 0; i < RetinaHead.Convolutions; i++)
        {
            yield return ($"head.class.{i}", $"head.classification_head.conv.{i}.0");
            yield return ($"head.box.{i}", $"head.regression_head.conv.{i}.0");
        }

        foreach (
            string module in SummaryOps
                .Of(network)
                .State.Select(entry => entry.Name)
                .Where(name => name.StartsWith("fusion.", StringComparison.Ordinal))
                .Select(name => name[..name.LastIndexOf('.')])
                .Distinct()
        )
        {
            yield return (module, module);
        }

        yield return ("head.class.prediction", "head.classification_head.cls_logits");
        yield return ("head.box.prediction", "head.regression_head.bbox_reg");
    }

    [GeneratedRegex(
        @"^(?<head>head\.(classification|regression)_head\.conv\.)(?<index>[0246])(?<part>\.(weight|bias))$"
    )]
    private static partial Regex OldConvolution();
}
