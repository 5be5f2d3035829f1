using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using AsffEdge.Trainer.Tests.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Network;

/// <summary>
/// RetinaNet is torchvision's: state, raw outputs, anchors, both losses and every gradient. Its detections, from the same outputs, are
/// checked in AsffEdge.Detection.Tests.
/// </summary>
[Trait("Category", "Slow")]
public sealed class GoldenRetinaNetTests
{
    private const double LossTolerance = 1e-4;

    // Of the largest value. Rounding adds up over a hundred layers.
    private const double OutputTolerance = 2e-4;

    public static TheoryData<string> Variants() =>
        [.. GoldenNetwork.VariantNames(GoldenNetwork.RetinaNetFolder)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void State_is_torchvisions(string variant)
    {
        GoldenNetwork golden = GoldenNetwork.OpenRetinaNet(variant);
        AuthorNames names = AuthorNames.For(golden.Configuration);
        IReadOnlyList<StateEntry> state = SummaryOps.Of(golden.Configuration).State;

        Assert.Equal(
            golden
                .State.Select(entry => $"{entry.Name} [{string.Join(", ", entry.Shape)}]")
                .Order(StringComparer.Ordinal),
            state
                .Select(entry => $"{names[entry.Name]} [{string.Join(", ", entry.Shape)}]")
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            golden.Parameters,
            state.Where(entry => entry.IsTrained).Sum(entry => entry.Count)
        );
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Outputs_are_torchvisions(string variant)
    {
        GoldenNetwork golden = GoldenNetwork.OpenRetinaNet(variant);
        using NetworkState state = golden.CreateState();
        int[] sizes =
        [
            .. golden
                .Expected.Names.Where(name =>
                    name.StartsWith("cls_logits/", StringComparison.Ordinal)
                )
                .Select(name => int.Parse(name["cls_logits/".Length..])),
        ];
        Assert.NotEmpty(sizes);
        foreach (int size in sizes)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable frozen = no_grad();
            Tensor input = tensor(
                golden.Input($"input/{size}", 3 * size * size),
                [1, 3, size, size]
            );
            (Tensor Logits, Tensor? Deltas)[] levels = RetinaNet.Forward(
                new TorchOps(state, training: false),
                input,
                golden.Configuration
            );
            Check(golden, $"cls_logits/{size}", Rows(levels.Select(level => level.Logits)));
            Check(golden, $"bbox_regression/{size}", Rows(levels.Select(level => level.Deltas!)));
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Losses_and_gradients_are_torchvisions(string variant)
    {
        GoldenNetwork golden = GoldenNetwork.OpenRetinaNet(variant);
        string[] labels =
        [
            .. golden.Expected.Names.Where(name =>
                name.StartsWith("train/", StringComparison.Ordinal)
                && name.EndsWith("/labels", StringComparison.Ordinal)
            ),
        ];
        Assert.NotEmpty(labels);
        foreach (string name in labels)
        {
            CheckStep(golden, name[..^"/labels".Length], golden.Expected[name]);
        }
    }

    private static void CheckStep(GoldenNetwork golden, string prefix, SafeTensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        using CollectionPause pause = CollectionPause.Start();
        int size = int.Parse(prefix.Split('/')[1]);
        int images = (int)labels.Shape[0];
        using NetworkState state = golden.CreateState();
        Tensor input = tensor(
            golden.Input(prefix, images * 3 * size * size),
            [images, 3, size, size]
        );
        (Tensor total, LossTerms terms) = new RetinaLoss(golden.Configuration).Compute(
            RetinaNet.Forward(new TorchOps(state, training: true), input, golden.Configuration),
            new TargetBatch(labels.Values, images, (int)labels.Shape[1], (int)labels.Shape[2]),
            size
        );
        Close.Relative(
            golden.Expected[$"{prefix}/classification"].Values[0],
            terms.Class,
            LossTolerance,
            $"{prefix}/classification"
        );
        Close.Relative(
            golden.Expected[$"{prefix}/bbox_regression"].Values[0],
            terms.L1,
            LossTolerance,
            $"{prefix}/bbox_regression"
        );

        total.backward();
        GoldenLossTests.CheckGradients(
            golden,
            state,
            golden
                .Expected.Names.Where(name =>
                    name.StartsWith($"{prefix}/grad_l2/", StringComparison.Ordinal)
                )
                .ToDictionary(
                    name => name[$"{prefix}/grad_l2/".Length..],
                    name => golden.Expected[name].Values[0]
                )
        );
    }

    private static void Check(GoldenNetwork golden, string name, float[] actual)
    {
        double worst = Close.WorstRelative(golden.Expected[name].Values, actual);
        Assert.True(
            worst <= OutputTolerance,
            $"{name}: worst relative difference {worst:G3}, allowed {OutputTolerance}"
        );
    }

    /// <summary>Torchvision's order: finest level first, then row, column, anchor, value.</summary>
    private static float[] Rows(IEnumerable<Tensor> levels) =>
        [
            .. levels
                .Reverse()
                .SelectMany(level =>
                    level.permute(0, 2, 3, 1).contiguous().data<float>().ToArray()
                ),
        ];
}
