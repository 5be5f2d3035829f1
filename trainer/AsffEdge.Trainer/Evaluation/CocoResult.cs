namespace AsffEdge.Trainer.Evaluation;

/// <summary>The COCO evaluation's twelve numbers, 0..1; −1, as in the reference, where there are no objects to measure on.</summary>
public sealed record CocoResult
{
    /// <summary>Average precision, mean over IoU 0.50:0.05:0.95 and the classes.</summary>
    public required double AP { get; init; }

    /// <summary>At IoU 0.50.</summary>
    public required double AP50 { get; init; }

    /// <summary>At IoU 0.75.</summary>
    public required double AP75 { get; init; }

    /// <summary>Objects under 32² pixels.</summary>
    public required double APSmall { get; init; }

    /// <summary>Objects of 32² to 96² pixels.</summary>
    public required double APMedium { get; init; }

    /// <summary>Objects above 96² pixels.</summary>
    public required double APLarge { get; init; }

    /// <summary>Average recall with one detection an image.</summary>
    public required double AR1 { get; init; }

    /// <summary>With ten detections an image.</summary>
    public required double AR10 { get; init; }

    /// <summary>With a hundred detections an image.</summary>
    public required double AR100 { get; init; }

    /// <summary>With a hundred, objects under 32² pixels.</summary>
    public required double ARSmall { get; init; }

    /// <summary>With a hundred, objects of 32² to 96² pixels.</summary>
    public required double ARMedium { get; init; }

    /// <summary>With a hundred, objects above 96² pixels.</summary>
    public required double ARLarge { get; init; }

    /// <summary>By class id.</summary>
    public required IReadOnlyList<ClassResult> Classes { get; init; }

    /// <summary>The twelve numbers in the reference's order, by their usual names.</summary>
    public IReadOnlyList<(string Name, double Value)> Numbers =>
        [
            ("AP", AP),
            ("AP50", AP50),
            ("AP75", AP75),
            ("APs", APSmall),
            ("APm", APMedium),
            ("APl", APLarge),
            ("AR1", AR1),
            ("AR10", AR10),
            ("AR100", AR100),
            ("ARs", ARSmall),
            ("ARm", ARMedium),
            ("ARl", ARLarge),
        ];

    /// <summary>
    /// The one score threshold for all classes with the highest F1 at IoU 0.50, counted over the objects of all classes together; null when nothing
    /// was found. Classes without objects are left out.
    /// </summary>
    public OperatingPoint? BestPoint() => AllClasses()?.Best();

    /// <summary>
    /// The threshold to recommend by the same curve, see <see cref="PrecisionRecall.Recommended"/>; rounded down to thousandths, 0..1. Null when nothing was found.
    /// </summary>
    public float? RecommendedThreshold() =>
        AllClasses()?.Recommended() is { } threshold
            ? (float)(Math.Floor(threshold * 1000) / 1000)
            : null;

    private PrecisionRecall? AllClasses() =>
        PrecisionRecall.Merge([
            .. Classes.Where(one => one.Curve is not null).Select(one => (one.Curve!, one.Objects)),
        ]);
}

/// <summary>One class's part; null where it has no objects.</summary>
/// <param name="Objects">Objects that count; crowds do not.</param>
/// <param name="AP">Mean over IoU 0.50:0.05:0.95.</param>
/// <param name="AP50">At IoU 0.50.</param>
/// <param name="Curve">Precision and recall at IoU 0.50, a hundred detections an image.</param>
public sealed record ClassResult(int Objects, double? AP, double? AP50, PrecisionRecall? Curve);
