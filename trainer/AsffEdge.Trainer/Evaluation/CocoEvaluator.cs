namespace AsffEdge.Trainer.Evaluation;

/// <summary>
/// The COCO evaluation of bounding boxes (cocodataset.org, "Detection evaluation"), equal to the reference evaluator number
/// by number: ties keep the order in which the detections came, within a picture, and then by picture id.
/// </summary>
public static class CocoEvaluator
{
    /// <summary>Areas in square pixels: no limit, and those that part small, medium and large objects.</summary>
    internal const double Any = 1e10;
    internal const double Small = 32 * 32;
    internal const double Large = 96 * 96;

    /// <summary>Recalls that an average precision is the mean over.</summary>
    internal const int RecallSamples = 101;

    /// <summary>Detections a picture and class that count.</summary>
    internal const int MostDetections = 100;

    /// <summary>IoU 0.50:0.05:0.95.</summary>
    internal static readonly double[] Thresholds =
    [
        .. Enumerable.Range(0, 10).Select(step => 0.5 + step * ((0.95 - 0.5) / 9)),
    ];

    /// <summary>Compares detections with what is there.</summary>
    /// <param name="truth">All objects and crowds; their order within a picture decides between equal overlaps.</param>
    /// <param name="detections">All detections. Only the hundred best a picture and class count.</param>
    /// <param name="classes">How many classes there are; class ids are below this.</param>
    /// <exception cref="ArgumentException">A class id is out of range, or a score is not finite.</exception>
    public static CocoResult Evaluate(
        IReadOnlyCollection<GroundTruthBox> truth,
        IReadOnlyCollection<ScoredBox> detections,
        int classes
    )
    {
        if (truth.Any(box => box.ClassId < 0 || box.ClassId >= classes))
        {
            throw new ArgumentException(
                $"a class id is out of range; allowed: 0 to {classes - 1}",
                nameof(truth)
            );
        }

        if (
            detections.Any(box =>
                box.ClassId < 0 || box.ClassId >= classes || !double.IsFinite(box.Score)
            )
        )
        {
            throw new ArgumentException(
                $"a class id is out of range or a score is not finite; allowed: 0 to {classes - 1}, any number",
                nameof(detections)
            );
        }

        ILookup<int, GroundTruthBox> truthByClass = truth.ToLookup(box => box.ClassId);
        ILookup<int, ScoredBox> detectionsByClass = detections.ToLookup(box => box.ClassId);
        ClassScores[] scores =
        [
            .. Enumerable
                .Range(0, classes)
                .Select(classId => Score(truthByClass[classId], detectionsByClass[classId])),
        ];
        return new CocoResult
        {
            AP = Mean(scores, one => one.All.Precision),
            AP50 = Mean(scores, one => one.All.At(0)),
            AP75 = Mean(scores, one => one.All.At(5)),
            APSmall = Mean(scores, one => one.Small.Precision),
            APMedium = Mean(scores, one => one.Medium.Precision),
            APLarge = Mean(scores, one => one.Large.Precision),
            AR1 = Mean(scores, one => one.First.Recall),
            AR10 = Mean(scores, one => one.FirstTen.Recall),
            AR100 = Mean(scores, one => one.All.Recall),
            ARSmall = Mean(scores, one => one.Small.Recall),
            ARMedium = Mean(scores, one => one.Medium.Recall),
            ARLarge = Mean(scores, one => one.Large.Recall),
            Classes =
            [
                .. scores.Select(one => new ClassResult(
                    one.All.Objects,
                    one.All.Precision,
                    one.All.At(0),
                    one.All.Curves?[0]
                )),
            ],
        };
    }

    private static ClassScores Score(
        IEnumerable<GroundTruthBox> truth,
        IEnumerable<ScoredBox> detections
    )
    {
        ILookup<long, GroundTruthBox> truthByImage = truth.ToLookup(box => box.ImageId);
        ILookup<long, ScoredBox> detectionsByImage = detections.ToLookup(box => box.ImageId);
        ImageScores[] images =
        [
            .. truthByImage
                .Select(group => group.Key)
                .Union(detectionsByImage.Select(group => group.Key))
                .Order()
                .Select(image => new ImageScores(truthByImage[image], detectionsByImage[image])),
        ];
        return new ClassScores(
            All: Accumulate(images, 0, Any, MostDetections),
            First: Accumulate(images, 0, Any, 1),
            FirstTen: Accumulate(images, 0, Any, 10),
            Small: Accumulate(images, 0, Small, MostDetections),
            Medium: Accumulate(images, Small, Large, MostDetections),
            Large: Accumulate(images, Large, Any, MostDetections)
        );
    }

    // One class over all pictures, within a range of areas and with so many detections a picture.
    private static Accumulated Accumulate(
        ImageScores[] images,
        double minArea,
        double maxArea,
        int most
    )
    {
        ImageMatches[] matches = [.. images.Select(image => image.Match(minArea, maxArea))];
        int objects = matches.Sum(match => match.Objects);
        if (objects == 0)
        {
            return new Accumulated(0, null);
        }

        (int Image, int Detection, double Score)[] ranked =
        [
            .. images
                .SelectMany(
                    (image, number) =>
                        image
                            .Detections.Take(most)
                            .Select(
                                (detection, index) =>
                                    (Image: number, Detection: index, detection.Score)
                            )
                )
                .OrderByDescending(detection => detection.Score),
        ];
        var curves = new PrecisionRecall[Thresholds.Length];
        for (int threshold = 0; threshold < curves.Length; threshold++)
        {
            var scores = new List<double>(ranked.Length);
            var hits = new List<bool>(ranked.Length);
            foreach ((int image, int detection, double score) in ranked)
            {
                if (!matches[image].Ignored[threshold, detection])
                {
                    scores.Add(score);
                    hits.Add(matches[image].Found[threshold, detection]);
                }
            }

            curves[threshold] = PrecisionRecall.From(scores, hits, objects);
        }

        return new Accumulated(objects, curves);
    }

    private static double Mean(ClassScores[] scores, Func<ClassScores, double?> of)
    {
        double?[] values = [.. scores.Select(of).Where(value => value is not null)];
        return values.Average() ?? -1;
    }

    private sealed record ClassScores(
        Accumulated All,
        Accumulated First,
        Accumulated FirstTen,
        Accumulated Small,
        Accumulated Medium,
        Accumulated Large
    );

    // Curves by threshold; null without objects, which leaves the class out of the means.
    private sealed record Accumulated(int Objects, PrecisionRecall[]? Curves)
    {
        public double? Precision { get; } =
            Curves?.Average(curve => curve.Interpolated(RecallSamples).Average());

        public double? Recall { get; } = Curves?.Average(curve => curve.FinalRecall);

        public double? At(int threshold) =>
            Curves?[threshold].Interpolated(RecallSamples).Average();
    }
}
