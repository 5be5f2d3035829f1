using AsffEdge.Trainer.Evaluation;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Trainer.Tests.Evaluation;

public sealed class EvaluatorTests
{
    [Fact]
    public void Finding_everything_exactly_scores_one_and_nothing_scores_zero()
    {
        GroundTruthBox[] truth = [Object(1, 0, 10), Object(1, 50, 40), Object(2, 0, 100)];

        CocoResult all = CocoEvaluator.Evaluate(
            truth,
            [.. truth.Select(box => Found(box, 0.9))],
            1
        );
        CocoResult none = CocoEvaluator.Evaluate(truth, [], 1);

        Assert.Equal(
            (1, 1, 1, 1, 1, 1),
            (all.AP, all.AP50, all.AP75, all.APSmall, all.APMedium, all.APLarge)
        );
        Assert.Equal(2.0 / 3, all.AR1, 1e-12);
        Assert.Equal((0, 0, 0), (none.AP, none.AP50, none.AR100));
        Assert.Equal(3, all.Classes[0].Objects);
    }

    [Fact]
    public void Without_objects_there_is_nothing_to_measure()
    {
        CocoResult result = CocoEvaluator.Evaluate([], [Found(Object(1, 0, 10), 0.5)], 2);

        Assert.Equal((-1, -1), (result.AP, result.AR100));
        Assert.All(result.Classes, one => Assert.Null(one.AP));
    }

    [Fact]
    public void A_false_alarm_costs_precision_only_above_the_last_object_found()
    {
        GroundTruthBox[] truth = [Object(1, 0, 10), Object(1, 50, 10)];
        ScoredBox alarm = Found(Object(1, 200, 10), 0.8);
        ScoredBox[] detections = [Found(truth[0], 0.9), alarm, Found(truth[1], 0.7)];

        CocoResult middle = CocoEvaluator.Evaluate(truth, detections, 1);
        CocoResult last = CocoEvaluator.Evaluate(
            truth,
            [detections[0], detections[2], alarm with { Score = 0.1 }],
            1
        );

        // 51 of 101 recalls at precision 1, the other 50 at 2/3.
        Assert.Equal((51 + 50 * 2.0 / 3) / 101, middle.AP50, 1e-12);
        Assert.Equal(1, last.AP50, 1e-12);
        OperatingPoint best = middle.Classes[0].Curve!.Best()!.Value;
        Assert.Equal(new OperatingPoint(0.7, 2.0 / 3, 1), best);
        Assert.Equal(0.8, best.F1, 1e-12);
    }

    [Fact]
    public void Detections_in_a_crowd_count_neither_way()
    {
        GroundTruthBox person = Object(1, 0, 20);
        GroundTruthBox crowd = Object(1, 100, 100) with { IsCrowd = true };
        ScoredBox[] detections =
        [
            Found(Object(1, 110, 20), 0.9),
            Found(Object(1, 150, 20), 0.8),
            Found(person, 0.7),
        ];

        Assert.Equal(1, CocoEvaluator.Evaluate([person, crowd], detections, 1).AP, 1e-12);
        Assert.Equal(1.0 / 3, CocoEvaluator.Evaluate([person], detections, 1).AP, 1e-12);
    }

    [Fact]
    public void Scores_are_in_range_and_further_hits_never_hurt()
    {
        Prop.ForAll(
                Scenes(),
                scene =>
                {
                    CocoResult whole = CocoEvaluator.Evaluate(scene.Truth, scene.Detections, 1);
                    // Every object found a second time at the lowest score: recall can only rise.
                    ScoredBox[] more =
                    [
                        .. scene.Detections,
                        .. scene.Truth.Select(box => Found(box, -1)),
                    ];
                    CocoResult better = CocoEvaluator.Evaluate(scene.Truth, more, 1);
                    return whole.AP is >= 0 and <= 1
                        && whole.AP50 >= whole.AP75 - 1e-12
                        && whole.AR1 <= whole.AR10 + 1e-12
                        && whole.AR10 <= whole.AR100 + 1e-12
                        && better.AR100 >= whole.AR100 - 1e-12
                        && better.AP50 >= whole.AP50 - 1e-12;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Fact]
    public void The_order_of_detections_does_not_matter_when_no_scores_are_tied()
    {
        Prop.ForAll(
                Scenes(),
                scene =>
                {
                    ScoredBox[] distinct =
                    [
                        .. scene.Detections.Select((box, index) => box with { Score = index }),
                    ];
                    CocoResult one = CocoEvaluator.Evaluate(scene.Truth, distinct, 1);
                    CocoResult other = CocoEvaluator.Evaluate(
                        scene.Truth,
                        [.. distinct.Reverse()],
                        1
                    );
                    return Numbers(one).SequenceEqual(Numbers(other));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    [Fact]
    public void Voc_takes_the_area_under_the_curve_or_eleven_recalls()
    {
        GroundTruthBox[] truth =
        [
            Object(1, 0, 10),
            Object(1, 50, 10),
            Object(2, 0, 10) with
            {
                IsCrowd = true,
            },
        ];
        ScoredBox[] detections =
        [
            Found(truth[2], 0.95), // difficult: left out
            Found(truth[0], 0.9),
            Found(truth[0], 0.8), // the same object again
            Found(truth[1], 0.7),
        ];

        // Precision 1 up to recall ½, then 2/3.
        Assert.Equal(
            0.5 + 0.5 * 2 / 3,
            VocEvaluator.AveragePrecision(truth, detections)!.Value,
            1e-12
        );
        Assert.Equal(
            (6 + 5 * 2.0 / 3) / 11,
            VocEvaluator.AveragePrecision(truth, detections, elevenPoints: true)!.Value,
            1e-12
        );
        Assert.Equal(0, VocEvaluator.AveragePrecision(truth, []));
        Assert.Null(VocEvaluator.AveragePrecision([], detections));
    }

    [Fact]
    public void Voc_compares_with_the_nearest_object_even_when_that_one_is_taken()
    {
        GroundTruthBox[] truth = [Object(1, 0, 100), Object(1, 30, 100)];
        ScoredBox[] detections = [Found(truth[0], 0.9), Found(Object(1, 10, 100), 0.8)];

        // The second overlaps the first object more, so it is a duplicate, although the other is free and overlaps enough.
        Assert.Equal(0.5, VocEvaluator.AveragePrecision(truth, detections)!.Value, 1e-12);
        Assert.Equal(1, CocoEvaluator.Evaluate(truth, detections, 1).AP50, 1e-12);
    }

    [Fact]
    public void Difficult_objects_count_neither_way()
    {
        GroundTruthBox easy = Object(1, 0, 20);
        GroundTruthBox hard = Object(1, 100, 20) with { IsDifficult = true };
        ScoredBox[] both = [Found(hard, 0.9), Found(easy, 0.8)];

        Assert.Equal(1, CocoEvaluator.Evaluate([easy, hard], both, 1).AP, 1e-12);
        Assert.Equal(1, CocoEvaluator.Evaluate([easy, hard], both[1..], 1).AR100, 1e-12);
        Assert.Equal(0.5, CocoEvaluator.Evaluate([easy], both, 1).AP, 1e-12);
        VocResult voc = VocEvaluator.Evaluate([easy, hard], both, 2);
        Assert.Equal((1, 1), (voc.AP50, voc.AP50ElevenPoints));
        Assert.Equal(new VocClassResult(null, null), voc.Classes[1]);
        Assert.Equal(0.5, VocEvaluator.Evaluate([easy], both, 1).AP50, 1e-12);
    }

    [Fact]
    public void A_part_of_a_difficult_object_is_a_false_alarm_unlike_one_of_a_crowd()
    {
        GroundTruthBox easy = Object(1, 0, 20);
        GroundTruthBox group = Object(1, 100, 100);
        ScoredBox[] detections = [Found(Object(1, 110, 20), 0.9), Found(easy, 0.8)];

        Assert.Equal(
            1,
            CocoEvaluator.Evaluate([easy, group with { IsCrowd = true }], detections, 1).AP,
            1e-12
        );
        Assert.Equal(
            0.5,
            CocoEvaluator.Evaluate([easy, group with { IsDifficult = true }], detections, 1).AP,
            1e-12
        );
    }

    [Fact]
    public void The_best_point_of_all_classes_is_that_of_their_detections_together()
    {
        GroundTruthBox[] truth = [Object(1, 0, 10), Object(1, 50, 10) with { ClassId = 1 }];
        ScoredBox[] detections =
        [
            Found(truth[0], 0.9),
            Found(truth[1], 0.6) with
            {
                Left = 300,
            }, // a false alarm
            Found(truth[1], 0.4),
        ];

        CocoResult result = CocoEvaluator.Evaluate(truth, detections, 3);

        Assert.Equal(new OperatingPoint(0.4, 2.0 / 3, 1), result.BestPoint());
        Assert.InRange(0.4f - result.RecommendedThreshold()!.Value, 0, 0.001f);
        Assert.Null(CocoEvaluator.Evaluate([], detections, 3).BestPoint());
        Assert.Null(CocoEvaluator.Evaluate([], detections, 3).RecommendedThreshold());
    }

    [Fact]
    public void The_recommended_threshold_lies_in_the_middle_of_those_that_are_about_as_good_as_the_best()
    {
        // All objects from 0.9 down to 0.504, then false alarms from 0.4 on. F1 is above 0.98 from the 97th object to the 4th false alarm.
        double[] scores =
        [
            .. Enumerable.Range(0, 100).Select(i => 0.9 - (0.004 * i)),
            .. Enumerable.Range(0, 100).Select(i => 0.4 - (0.002 * i)),
        ];
        bool[] hits = [.. Enumerable.Range(0, 200).Select(i => i < 100)];

        PrecisionRecall curve = PrecisionRecall.From(scores, hits, objects: 100);

        Assert.Equal(0.504, curve.Best()!.Value.Score, 1e-9);
        Assert.Equal((0.516 + 0.394) / 2, curve.Recommended()!.Value, 1e-9);
    }

    [Fact]
    public void Refuses_classes_and_scores_that_cannot_be()
    {
        GroundTruthBox box = Object(1, 0, 10);
        Assert.Throws<ArgumentException>(() =>
            CocoEvaluator.Evaluate([box with { ClassId = 1 }], [], 1)
        );
        Assert.Throws<ArgumentException>(() =>
            CocoEvaluator.Evaluate([box], [Found(box, double.NaN)], 1)
        );
        Assert.Throws<ArgumentException>(() =>
            CocoEvaluator.Evaluate([box], [Found(box, 1) with { ClassId = -1 }], 1)
        );
    }

    private static double[] Numbers(CocoResult result) =>
        [
            result.AP,
            result.AP50,
            result.AP75,
            result.APSmall,
            result.APMedium,
            result.APLarge,
            result.AR1,
            result.AR10,
            result.AR100,
        ];

    private static GroundTruthBox Object(long image, double left, double side) =>
        new(image, 0, left, 0, side, side, side * side, false);

    private static ScoredBox Found(GroundTruthBox box, double score) =>
        new(box.ImageId, box.ClassId, box.Left, box.Top, box.Width, box.Height, score);

    private static Arbitrary<(GroundTruthBox[] Truth, ScoredBox[] Detections)> Scenes()
    {
        Gen<GroundTruthBox> boxes =
            from image in Gen.Choose(1, 4)
            from left in Gen.Choose(0, 100)
            from top in Gen.Choose(0, 100)
            from width in Gen.Choose(5, 120)
            from height in Gen.Choose(5, 120)
            select new GroundTruthBox(image, 0, left, top, width, height, width * height, false);
        Gen<ScoredBox> free =
            from box in boxes
            from score in Gen.Choose(0, 10)
            select Found(box, score / 10.0);
        return (
            from truth in boxes.NonEmptyListOf()
            from hits in Gen.SubListOf(truth.ToArray())
            from shift in Gen.Choose(-6, 6)
            from alarms in free.ListOf()
            select (
                truth.ToArray(),
                (ScoredBox[])
                    [
                        .. hits.Select(box => Found(box with { Left = box.Left + shift }, 0.5)),
                        .. alarms,
                    ]
            )
        ).ToArbitrary();
    }
}
