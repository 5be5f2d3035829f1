using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Comparison;

/// <summary>The figures that two models are compared by: AP overall, by input size, class, object size and camera.</summary>
internal sealed class FigureList
{
    private static readonly (string Name, double Min, double Max)[] Buckets =
    [
        ("small", 0, CocoEvaluator.Small),
        ("medium", CocoEvaluator.Small, CocoEvaluator.Large),
        ("large", CocoEvaluator.Large, CocoEvaluator.Any),
    ];

    private readonly AnnotationSet _annotations;
    private readonly PairedRun _run;
    private readonly long[] _images;
    private readonly ILookup<int, GroundTruthBox> _truth;

    private FigureList(AnnotationSet annotations, PairedRun run)
    {
        _annotations = annotations;
        _run = run;
        _images = ImagesOf(annotations);
        _truth = annotations.Objects.ToLookup(box => box.ClassId);
    }

    /// <summary>The pictures' ids in the order in which figures take their weights.</summary>
    public static long[] ImagesOf(AnnotationSet annotations) =>
        [.. annotations.Images.Select(image => image.Id).Order()];

    /// <summary>The figures; the first is the one that decides. All but those by input size are means over the sizes.</summary>
    public static IReadOnlyList<PairedFigure> Create(AnnotationSet annotations, PairedRun run) =>
        [.. new FigureList(annotations, run).Figures()];

    /// <summary>The camera of a picture: the video, or the folder without the day, as data sets of footage have them.</summary>
    public static string CameraOf(string fileName)
    {
        ImageReference reference = ImageReference.Parse(fileName);
        if (reference.IsFrame)
        {
            return reference.File;
        }

        string folder = Path.GetDirectoryName(fileName) ?? "";
        string last = Path.GetFileName(folder);
        string camera = DateOnly.TryParseExact(last, "yyyy-MM-dd", out _)
            ? Path.GetDirectoryName(folder) ?? ""
            : folder;
        return camera.Length == 0 ? "." : camera;
    }

    private IEnumerable<PairedFigure> Figures()
    {
        int[] all = [.. Enumerable.Range(0, _run.Sizes.Count)];
        Ranked[] classes =
        [
            .. Enumerable.Range(0, _annotations.Labels.Count).Select(classId => Rank(classId)),
        ];
        int objects = Counted(_ => true);
        yield return Figure("overall", "AP", objects, classes, all);
        foreach (int size in all)
        {
            yield return Figure("size", $"{_run.Sizes[size]}", objects, classes, [size]);
        }

        for (int classId = 0; classId < classes.Length && classes.Length > 1; classId++)
        {
            yield return Figure(
                "class",
                _annotations.Labels[classId],
                Counted(box => box.ClassId == classId),
                [classes[classId]],
                all
            );
        }

        foreach ((string name, double min, double max) in Buckets)
        {
            int there = Counted(box => box.Area >= min && box.Area <= max);
            if (there > 0)
            {
                yield return Figure(
                    "object size",
                    name,
                    there,
                    [
                        .. Enumerable
                            .Range(0, classes.Length)
                            .Select(classId => Rank(classId, min, max)),
                    ],
                    all
                );
            }
        }

        foreach (PairedFigure figure in CameraFigures(classes, all))
        {
            yield return figure;
        }
    }

    private IEnumerable<PairedFigure> CameraFigures(Ranked[] classes, int[] all)
    {
        ILookup<string, AnnotatedImage> cameras = _annotations.Images.ToLookup(image =>
            CameraOf(image.FileName)
        );
        foreach (
            IGrouping<string, AnnotatedImage> camera in cameras
                .Where(_ => cameras.Count > 1)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
        )
        {
            HashSet<long> ids = [.. camera.Select(image => image.Id)];
            bool[] isOfCamera = Array.ConvertAll(_images, ids.Contains);
            PairedFigure everywhere = Figure("", "", 0, classes, all);
            int[] Masked(int[] weights) =>
                [.. weights.Zip(isOfCamera, (weight, counts) => counts ? weight : 0)];
            yield return new PairedFigure(
                "camera",
                camera.Key,
                Counted(box => ids.Contains(box.ImageId)),
                weights => everywhere.Old(Masked(weights)),
                weights => everywhere.New(Masked(weights))
            );
        }
    }

    private int Counted(Func<GroundTruthBox, bool> which) =>
        _annotations.Objects.Count(box =>
            box is { IsCrowd: false, IsDifficult: false } && which(box)
        );

    private Ranked Rank(int classId, double min = 0, double max = CocoEvaluator.Any)
    {
        ILookup<long, GroundTruthBox> truth = _truth[classId].ToLookup(box => box.ImageId);
        RankedDetections[] All(IReadOnlyList<SizeRun> runs) =>
            [
                .. runs.Select(run =>
                    RankedDetections.From(
                        _images,
                        truth,
                        run.Detections.Where(box => box.ClassId == classId)
                            .ToLookup(box => box.ImageId),
                        min,
                        max
                    )
                ),
            ];
        return new Ranked(All(_run.Old), All(_run.New));
    }

    private static PairedFigure Figure(
        string group,
        string name,
        int objects,
        Ranked[] classes,
        int[] sizes
    )
    {
        return new PairedFigure(
            group,
            name,
            objects,
            weights => Mean(weights, one => one.Old),
            weights => Mean(weights, one => one.New)
        );

        // COCO's mean over the classes that have objects, then the mean over the sizes.
        double? Mean(int[] weights, Func<Ranked, RankedDetections[]> of) =>
            sizes.Average(size => classes.Average(one => of(one)[size].AveragePrecision(weights)));
    }

    // One class, by size.
    private sealed record Ranked(RankedDetections[] Old, RankedDetections[] New);
}
