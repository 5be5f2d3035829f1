using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests.Network;

/// <summary>Every switch works with every setting of the others.</summary>
public sealed class SwitchTests : IDisposable
{
    private const int Classes = 3;
    private static readonly List<Combination> Covering = Cover();
    private readonly string _folder = Directory.CreateTempSubdirectory("asff-switches-").FullName;

    [Fact]
    public void All_combinations_of_network_switches_are_a_network_or_a_named_contradiction()
    {
        foreach (Combination combination in All().DistinctBy(each => each.Model))
        {
            ModelOptions model = combination.Model;
            if (combination.IsContradiction)
            {
                Assert.Contains("model.rfb", Assert.Single(model.Problems()));
                Assert.Throws<ArgumentException>(() => model.CreateNetwork(Classes));
                continue;
            }

            Assert.Empty(model.Problems());
            NetworkConfiguration network = model.CreateNetwork(Classes);
            var summary = SummaryOps.Of(network);
            Assert.Equal(
                network.GuidedAnchoring,
                summary.State.Any(entry => entry.Name.Contains(".guidance."))
            );
            Assert.Equal(
                network.GuidedAnchoring && network.Backbone == BackboneKind.Darknet53,
                summary.State.Any(entry => entry.Name.Contains(".adaption."))
            );
            Assert.Equal(network.Rfb, summary.State.Any(entry => entry.Name.Contains(".rfb.")));
            Assert.Equal(
                network.Fusion == FusionKind.Asff,
                summary.State.Any(entry => entry.Name == "fusion.level0.weights.weight")
            );
            Assert.All(
                summary.State.Where(entry => entry.Name.EndsWith(".prediction.bias")),
                entry => Assert.Equal((network.AnchorFree ? 4 : 3) * (5 + Classes), entry.Shape[0])
            );
        }
    }

    [Theory]
    [InlineData(BackboneKind.Darknet53)]
    [InlineData(BackboneKind.MobileNetV2)]
    public void Sum_and_concatenation_resize_as_asff_does(BackboneKind backbone)
    {
        StateEntry[] Fusion(FusionKind fusion, bool expand) =>
            [
                .. SummaryOps
                    .Of(new ModelOptions { Backbone = backbone, Fusion = fusion }.CreateNetwork(1))
                    .State.Where(entry =>
                        entry.Name.StartsWith("fusion.")
                        && !entry.Name.Split('.')[2].StartsWith("weight")
                        && entry.Name.EndsWith(".conv.weight")
                        && entry.Name.EndsWith("expand.conv.weight") == expand
                    ),
            ];
        string[] Resizing(FusionKind fusion) => [.. Fusion(fusion, expand: false).Select(Describe)];
        Assert.Equal(backbone == BackboneKind.Darknet53 ? 5 : 6, Resizing(FusionKind.Asff).Length);
        Assert.Equal(Resizing(FusionKind.Asff), Resizing(FusionKind.Sum));
        Assert.Equal(Resizing(FusionKind.Asff), Resizing(FusionKind.Concat));
        Assert.Equal(
            Fusion(FusionKind.Asff, expand: true).Select(Describe),
            Fusion(FusionKind.Sum, expand: true).Select(Describe)
        );
        Assert.Equal(
            Fusion(FusionKind.Sum, expand: true).Select(entry => 3 * entry.Shape[1]),
            Fusion(FusionKind.Concat, expand: true).Select(entry => entry.Shape[1])
        );

        static string Describe(StateEntry entry) =>
            $"{entry.Name} [{string.Join(", ", entry.Shape)}]";
    }

    public static TheoryData<string> Rows() =>
        [.. Covering.Select(combination => combination.ToString())];

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Rows))]
    public void Every_pair_of_settings_trains_and_exports(string row)
    {
        Combination combination = Covering.Single(each => each.ToString() == row);
        TrainedOnce.Check(combination.Model.CreateNetwork(Classes), combination.Loss, _folder);
    }

    [Fact]
    public void The_rows_cover_every_pair_that_is_no_contradiction()
    {
        HashSet<(int, int, int, int)> possible =
        [
            .. All().Where(each => !each.IsContradiction).SelectMany(Pairs),
        ];
        HashSet<(int, int, int, int)> covered = [.. Covering.SelectMany(Pairs)];
        Assert.Equal(possible.Count, covered.Count);
        Assert.InRange(Covering.Count, 12, 20);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<Combination> All()
    {
        int[] counts = [2, 4, 2, 2, 2, 2, 2, 2, 3];
        int total = counts.Aggregate((a, b) => a * b);
        for (int number = 0; number < total; number++)
        {
            int rest = number;
            var settings = new int[counts.Length];
            for (int i = 0; i < counts.Length; i++)
            {
                (rest, settings[i]) = Math.DivRem(rest, counts[i]);
            }

            yield return new Combination(settings);
        }
    }

    /// <summary>A few combinations in which any two settings of two switches meet (greedily chosen).</summary>
    private static List<Combination> Cover()
    {
        Combination[] candidates = [.. All().Where(each => !each.IsContradiction)];
        HashSet<(int, int, int, int)> open = [.. candidates.SelectMany(Pairs)];
        List<Combination> rows = [];
        while (open.Count > 0)
        {
            Combination best = candidates.MaxBy(each => Pairs(each).Count(open.Contains))!;
            open.ExceptWith(Pairs(best));
            rows.Add(best);
        }

        return rows;
    }

    private static IEnumerable<(int, int, int, int)> Pairs(Combination combination) =>
        from a in Enumerable.Range(0, combination.Settings.Count)
        from b in Enumerable.Range(a + 1, combination.Settings.Count - a - 1)
        select (a, combination.Settings[a], b, combination.Settings[b]);

    private sealed record Combination(IReadOnlyList<int> Settings)
    {
        public ModelOptions Model { get; } =
            new()
            {
                Backbone = (BackboneKind)Settings[0],
                Fusion = (FusionKind)Settings[1],
                GuidedAnchoring = Settings[2] == 1,
                AnchorFree = Settings[3] == 1,
                Rfb = Settings[4] == 1,
                DropBlock = Settings[5] == 1,
                BackboneWidth = 0.1,
                NeckWidth = 0.1,
            };

        public LossOptions Loss { get; } =
            new()
            {
                IouLoss = Settings[6] == 1,
                LabelSmoothing = Settings[7] == 1,
                IgnoreEpsilon = Settings[8] == 1 ? 0.5f : 0,
                IgnoreCentre = Settings[8] == 2,
            };

        public bool IsContradiction =>
            Model.Rfb == true
            && (Model.GuidedAnchoring == false || Model.Backbone != BackboneKind.Darknet53);

        public override string ToString() =>
            $"{Model.Backbone} {Model.Fusion}{(Model.GuidedAnchoring == true ? " ga" : "")}{(Model.AnchorFree == true ? " free" : "")}"
            + $"{(Model.Rfb == true ? " rfb" : "")}{(Model.DropBlock == true ? " dropblock" : "")}{(Loss.IouLoss ? " iou" : "")}"
            + $"{(Loss.LabelSmoothing ? " smooth" : "")}{(Loss.IgnoreCentre ? " centre" : "")}{(Loss.IgnoreEpsilon > 0 ? " epsilon" : "")}";
    }
}
