using AsffEdge.Trainer.Comparison;
using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Tests.Comparison;

public sealed class PairedBootstrapTests
{
    [Fact]
    public void A_model_is_equal_to_itself()
    {
        ComparedFigure figure = Compare(seed: 3, oldRecall: 0.7, newRecall: 0.7, same: true);

        Assert.Equal((0d, 0d, 0d), (figure.Difference, figure.Low, figure.High));
        Assert.Equal(Verdict.Equal, Verdicts.Of(figure));
        Assert.Equal(3, Verdicts.Of(figure).ExitCode());
    }

    [Fact]
    public void A_model_that_finds_more_is_better_and_the_other_way_round_worse()
    {
        ComparedFigure up = Compare(seed: 3, oldRecall: 0.5, newRecall: 0.9);
        ComparedFigure down = Compare(seed: 3, oldRecall: 0.9, newRecall: 0.5);

        Assert.Equal((Verdict.Better, 0), (Verdicts.Of(up), Verdicts.Of(up).ExitCode()));
        Assert.Equal((Verdict.Worse, 4), (Verdicts.Of(down), Verdicts.Of(down).ExitCode()));
        Assert.InRange(up.Difference!.Value, up.Low!.Value, up.High!.Value);
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval_and_another_one_another()
    {
        ComparedFigure one = Compare(seed: 3, 0.6, 0.7);

        Assert.Equal(one, Compare(seed: 3, 0.6, 0.7));
        Assert.NotEqual(one.Low, Compare(seed: 4, 0.6, 0.7).Low);
    }

    [Fact]
    public void The_interval_holds_the_true_difference_about_as_often_as_it_says()
    {
        // Two models of the same quality differ by chance alone: 95 of 100 intervals should hold 0. Of 200 with that probability,
        // fewer than 178 do once in 5,000 times; the percentile interval is a little narrow with 60 pictures, so a few less are allowed.
        int holds = 0;
        const int trials = 200;
        for (int trial = 0; trial < trials; trial++)
        {
            ComparedFigure figure = Compare(trial, 0.7, 0.7, images: 60, draws: 200);
            holds += Verdicts.Of(figure) == Verdict.Equal ? 1 : 0;
        }

        Assert.InRange(holds, 172, trials - 1);
    }

    [Fact]
    public void Neighbours_that_are_alike_give_wider_intervals_when_drawn_together()
    {
        // Each picture comes ten times in a row, so only a tenth of them says something.
        var random = new Random(11);
        double[] differences = [.. Enumerable.Range(0, 20).Select(_ => random.NextDouble() - 0.4)];
        var figure = new PairedFigure(
            "overall",
            "mean",
            200,
            _ => 0,
            weights =>
                weights.Select((weight, image) => weight * differences[image / 10]).Sum()
                / weights.Sum()
        );

        ComparedFigure single = new PairedBootstrap(200, 1000, 1, 1).Compare(
            [figure],
            null,
            TestContext.Current.CancellationToken
        )[0];
        ComparedFigure together = new PairedBootstrap(200, 1000, 10, 1).Compare(
            [figure],
            null,
            TestContext.Current.CancellationToken
        )[0];

        // The deviation of a mean of 20 instead of 200: √10 as wide.
        double ratio = (together.High - together.Low)!.Value / (single.High - single.Low)!.Value;
        Assert.InRange(ratio, 2.5, 4);
    }

    [Fact]
    public void A_draw_without_objects_says_nothing()
    {
        var figure = new PairedFigure("class", "none", 0, _ => null, _ => null);

        ComparedFigure compared = new PairedBootstrap(5, 100, 1, 1).Compare(
            [figure],
            null,
            TestContext.Current.CancellationToken
        )[0];

        Assert.Null(compared.Old);
        Assert.Null(compared.Low);
        Assert.Equal(Verdict.Equal, Verdicts.Of(compared));
    }

    private static ComparedFigure Compare(
        int seed,
        double oldRecall,
        double newRecall,
        bool same = false,
        int images = 40,
        int draws = 300
    )
    {
        var random = new Random(seed);
        AnnotationSet scene = SimulatedModel.Scene(random, images, classes: 1);
        SizeRun[] old = [new SizeRun(SimulatedModel.Detect(random, scene, oldRecall), [1])];
        SizeRun[] next = same
            ? old
            : [new SizeRun(SimulatedModel.Detect(random, scene, newRecall), [1])];
        IReadOnlyList<PairedFigure> figures = FigureList.Create(
            scene,
            new PairedRun([416], old, next)
        );
        return new PairedBootstrap(images, draws, together: 1, (ulong)seed).Compare(
            [figures[0]],
            null,
            TestContext.Current.CancellationToken
        )[0];
    }
}
