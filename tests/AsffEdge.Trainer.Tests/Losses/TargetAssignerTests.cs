using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Tests.Losses;

public sealed class TargetAssignerTests
{
    private const int Size = 320;
    private static readonly NetworkConfiguration Network = Variants.Create("asff", 3);

    [Theory]
    [InlineData(12, 14, 2, 0)] // closest to (10, 13), the first anchor of the finest level
    [InlineData(30, 60, 1, 0)] // (30, 61)
    [InlineData(41, 120, 1, 2)] // (42, 119)
    [InlineData(150, 200, 0, 1)] // (156, 198)
    public void The_level_of_the_best_anchor_takes_the_object(
        float width,
        float height,
        int owner,
        int anchor
    )
    {
        var target = new ObjectTarget(1, 100.5f, 90.25f, width, height, 1);
        for (int level = 0; level < NetworkConfiguration.Levels; level++)
        {
            LevelTargets assigned = Assign(level, new LossOptions(), target);
            if (level != owner)
            {
                Assert.Empty(assigned.Sites);
                Assert.All(assigned.ObjectnessTargets, value => Assert.Equal(0, value));
                continue;
            }

            int stride = NetworkConfiguration.Stride(level);
            int side = Size / stride;
            long cell = ((long)(90.25f / stride) * side) + (long)(100.5f / stride);
            Assert.Equal([(anchor * (long)side * side) + cell], assigned.Sites);
            Assert.Equal([100.5f, 90.25f, width, height], assigned.Boxes);
            Assert.Equal([100.5f / stride % 1, 90.25f / stride % 1], assigned.Offsets);
            Assert.Equal([0, 1, 0], assigned.Classes);
            Assert.Equal(2 - (width * height / (Size * Size)), assigned.Scales[0], 5);
            Assert.Equal(
                assigned.Sites[0] + ((3 - anchor) * side * side),
                assigned.GuidanceSites[1]
            );
        }
    }

    [Fact]
    public void A_better_guided_shape_without_anchor_takes_the_object()
    {
        var target = new ObjectTarget(0, 100, 100, 32, 32, 1);
        // The anchor-free base of the finest level is 32 × 32: unguided it fits exactly.
        LevelTargets assigned = Assign(2, new LossOptions(), target);
        Assert.Equal(3, assigned.Sites[0] / (40 * 40));
    }

    [Fact]
    public void A_site_that_overlaps_an_object_is_not_charged_unless_it_is_the_positive()
    {
        var target = new ObjectTarget(0, 100, 100, 30, 61, 0.4f);
        int sites = 4 * 20 * 20;
        float[] boxes = new float[4 * sites];
        long positive = (6 * 20) + 6;
        foreach (long site in (long[])[positive, 7, 9])
        {
            boxes[site] = 100;
            boxes[sites + site] = 100;
            boxes[(2 * sites) + site] = 30;
            boxes[(3 * sites) + site] = site == 9 ? 30 : 61; // site 9 overlaps by half: charged
        }

        LevelTargets assigned = Assign(1, new LossOptions(), target, boxes);
        Assert.Equal([positive], assigned.Sites);
        Assert.Equal(0.4f, assigned.ObjectnessWeights[positive]);
        Assert.Equal(0, assigned.ObjectnessWeights[7]);
        Assert.Equal(1, assigned.ObjectnessWeights[9]);
        Assert.Equal(sites - 2, assigned.ObjectnessWeights.Count(weight => weight == 1));
    }

    [Fact]
    public void Adjacent_levels_are_spared_inside_the_scaled_box()
    {
        var target = new ObjectTarget(0, 160, 160, 30, 61, 1); // level 1
        var options = new LossOptions { IgnoreEpsilon = 0.5f };
        LevelTargets finer = Assign(2, options, target);
        // Half of 30 × 61 around (160, 160): cell centres from 152.5 to 167.5 across and 144.75 to 175.25 down, 2 × 4 cells of stride 8.
        Assert.Equal(4 * 2 * 4, finer.ObjectnessWeights.Count(weight => weight == 0));
        Assert.All(
            Assign(2, new LossOptions(), target).ObjectnessWeights,
            weight => Assert.Equal(1, weight)
        );
        // Two levels away nothing is spared.
        var small = target with
        {
            Width = 10,
            Height = 13,
        };
        Assert.All(Assign(0, options, small).ObjectnessWeights, weight => Assert.Equal(1, weight));
    }

    [Fact]
    public void Adjacent_levels_are_spared_at_the_cell_of_the_centre()
    {
        var target = new ObjectTarget(0, 101, 150, 30, 61, 1); // level 1
        var options = new LossOptions { IgnoreCentre = true };
        foreach (int level in (int[])[0, 2])
        {
            int stride = NetworkConfiguration.Stride(level);
            int side = Size / stride;
            int cell = (150 / stride * side) + (101 / stride);
            float[] weights = Assign(level, options, target).ObjectnessWeights;
            Assert.Equal(
                Enumerable.Range(0, 4).Select(prediction => (prediction * side * side) + cell),
                Enumerable.Range(0, weights.Length).Where(site => weights[site] == 0)
            );
        }

        Assert.DoesNotContain(0, Assign(1, options, target).ObjectnessWeights);
        // Two levels away nothing is spared, and another object's positive there is charged all the same.
        var small = new ObjectTarget(0, 101, 150, 10, 13, 1);
        Assert.DoesNotContain(0, Assign(0, options, small).ObjectnessWeights);
        LevelTargets both = Assign(1, options, target, small);
        Assert.Equal(1, both.ObjectnessWeights[Assert.Single(both.Sites)]);
    }

    [Fact]
    public void Without_the_anchor_free_prediction_the_best_anchor_takes_the_object()
    {
        // As in the test above, the anchor-free base would fit exactly.
        var target = new ObjectTarget(0, 100, 100, 32, 32, 1);
        LevelTargets assigned = Assign(
            2,
            new LossOptions(),
            [target],
            null,
            Network with
            {
                AnchorFree = false,
            }
        );
        long cell = (12 * 40) + 12;
        Assert.Equal([(2 * 1600) + cell], assigned.Sites); // (33, 23)
        Assert.Equal(assigned.Sites, assigned.GuidanceSites);
        Assert.Equal(3 * 1600, assigned.ObjectnessWeights.Length);
    }

    [Fact]
    public void Without_guided_anchoring_no_shape_is_trained()
    {
        var target = new ObjectTarget(0, 100, 100, 32, 32, 1);
        LevelTargets assigned = Assign(
            2,
            new LossOptions(),
            [target],
            null,
            Network with
            {
                GuidedAnchoring = false,
            }
        );
        Assert.Equal(3, Assert.Single(assigned.Sites) / (40 * 40));
        Assert.Empty(assigned.GuidanceSites);
        Assert.Empty(assigned.GuidanceShapes);
    }

    [Fact]
    public void Two_objects_at_one_site_leave_the_last_box_and_both_classes()
    {
        var first = new ObjectTarget(0, 100, 100, 30, 61, 1);
        var second = new ObjectTarget(2, 101, 101, 31, 60, 1);
        LevelTargets assigned = Assign(1, new LossOptions(), first, second);
        Assert.Single(assigned.Sites);
        Assert.Equal([101, 101, 31, 60], assigned.Boxes);
        Assert.Equal([1, 0, 1], assigned.Classes);
    }

    [Fact]
    public void Label_smoothing_moves_a_share_to_the_other_classes()
    {
        LevelTargets assigned = Assign(
            1,
            new LossOptions { LabelSmoothing = true },
            new ObjectTarget(1, 100, 100, 30, 61, 1)
        );
        Assert.Equal([1f / 3, 1 - (1f / 3), 1f / 3], assigned.Classes);
    }

    [Fact]
    public void An_object_on_the_far_edge_stays_inside_the_map()
    {
        LevelTargets assigned = Assign(
            0,
            new LossOptions(),
            new ObjectTarget(0, Size, Size, 150, 200, 1)
        );
        Assert.Equal([(1 * 100) + 99L], assigned.Sites);
    }

    private static LevelTargets Assign(
        int level,
        LossOptions options,
        params ObjectTarget[] targets
    ) => Assign(level, options, targets, null);

    private static LevelTargets Assign(
        int level,
        LossOptions options,
        ObjectTarget target,
        float[] boxes
    ) => Assign(level, options, [target], boxes);

    private static LevelTargets Assign(
        int level,
        LossOptions options,
        ObjectTarget[] targets,
        float[]? boxes,
        NetworkConfiguration? other = null
    )
    {
        NetworkConfiguration network = other ?? Network;
        int side = Size / NetworkConfiguration.Stride(level);
        float[] values =
        [
            .. targets.SelectMany(target =>
                (float[])
                    [target.Class, target.X, target.Y, target.Width, target.Height, target.Weight]
            ),
        ];
        return new TargetAssigner(network, options).Assign(
            level,
            Size,
            new TargetBatch(values, 1, targets.Length, 6),
            network.GuidedAnchoring ? new float[2 * network.Predictions * side * side] : [],
            boxes ?? new float[4 * network.Predictions * side * side]
        );
    }
}
