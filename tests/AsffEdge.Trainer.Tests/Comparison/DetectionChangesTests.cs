using AsffEdge.Trainer.Comparison;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Tests.Comparison;

public sealed class DetectionChangesTests
{
    private static readonly GroundTruthBox Left = new(1, 0, 10, 10, 40, 40, 1600, false);
    private static readonly GroundTruthBox Right = new(1, 0, 100, 10, 40, 40, 1600, false);

    [Fact]
    public void Tells_found_lost_and_false_alarms_apart()
    {
        DetectionChanges changes = Of(
            [At(10, 0.9), At(300, 0.9), At(400, 0.9)],
            [At(102, 0.9), At(302, 0.9), At(500, 0.9)]
        );

        Assert.Equal([Right], changes.Found);
        Assert.Equal([Left], changes.Lost);
        Assert.Equal(500, Assert.Single(changes.FalseNow).Left);
        Assert.Equal(400, Assert.Single(changes.FalseGone).Left);
        Assert.Equal(4, changes.Count);
    }

    [Fact]
    public void Each_model_is_judged_at_its_own_threshold()
    {
        DetectionChanges changes = Of([At(10, 0.4)], [At(10, 0.4)], oldThreshold: 0.5);

        Assert.Equal([Left], changes.Found);
        Assert.Equal([Right], changes.Others);
    }

    private static DetectionChanges Of(
        ScoredBox[] old,
        ScoredBox[] next,
        double oldThreshold = 0.3
    ) =>
        Assert.Single(
            DetectionChanges.Of(
                new AnnotationSet(
                    ["person"],
                    [1],
                    [new AnnotatedImage(1, "a.jpg", 640, 480, () => "")],
                    [Left, Right]
                ),
                old,
                oldThreshold,
                next,
                newThreshold: 0.3
            )
        );

    private static ScoredBox At(double left, double score) => new(1, 0, left, 10, 40, 40, score);
}
