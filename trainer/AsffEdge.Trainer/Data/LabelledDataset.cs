using AsffEdge.Trainer.Evaluation;
using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>Labelled pictures from annotation files and an image folder or video. Everything is checked on opening.</summary>
public sealed class LabelledDataset : IDetectionDataset, IDisposable
{
    private readonly ImageStore _store;
    private readonly ImageReference[] _references;
    private readonly LabelledBox[][] _boxes;

    private LabelledDataset(ImageStore store, AnnotationSet annotations)
    {
        _store = store;
        Annotations = annotations;
        _references = References(annotations);
        _boxes = [.. annotations.Images.Select(image => TrainingBoxes(annotations, image))];
    }

    public int Count => _references.Length;

    public IReadOnlyList<string> Labels => Annotations.Labels;

    /// <summary>The pictures and all objects, crowds and difficult ones included: what evaluation compares with.</summary>
    public AnnotationSet Annotations { get; }

    /// <summary>Opens a data set; a video's frames are decoded here.</summary>
    /// <param name="path">
    /// COCO: the JSON file. VOC: the folder with <c>Annotations</c>, or a list under its <c>ImageSets</c>. YOLO: the folder of the text files, or the one above.
    /// </param>
    /// <param name="images">The image folder, or a video file; null takes the format's usual place, which COCO has none of.</param>
    /// <param name="labels">The class names to use, in the order of their class ids; null takes the data set's own.</param>
    /// <param name="format">How the annotations are written.</param>
    /// <exception cref="InvalidDatasetException">Lists everything that is wrong with it, with file and line.</exception>
    public static LabelledDataset Open(
        string path,
        string? images,
        IReadOnlyList<string>? labels = null,
        DataFormat format = DataFormat.Coco
    )
    {
        var problems = new DatasetProblems();
        images ??= format switch
        {
            DataFormat.Voc => VocReader.ImagesOf(path),
            DataFormat.Yolo => YoloReader.ImagesOf(path),
            _ when !File.Exists(path) => throw new InvalidDatasetException(
                $"{path}: there is no such file; expected COCO annotations"
            ),
            _ => throw new InvalidDatasetException(
                $"{path}: COCO's format does not say where the images are; name their folder or the video"
            ),
        };
        var store = new ImageStore(images);
        try
        {
            AnnotationSet annotations = format switch
            {
                DataFormat.Voc => VocReader.Read(path, labels, problems),
                DataFormat.Yolo => YoloReader.Read(path, store, images, labels, problems),
                _ => CocoReader.Read(path, labels, problems),
            };
            CheckImages(path, annotations, store, problems);
            problems.ThrowIfAny(path);
            return new LabelledDataset(store, annotations);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Sample Load(int index)
    {
        AnnotatedImage image = Annotations.Images[index];
        Mat picture = _store.Load(_references[index]);
        if (SizeProblem(image, picture.Size()) is { } problem)
        {
            picture.Dispose();
            throw new DatasetException($"{image.Place()}: {problem}");
        }

        return new Sample(picture, _boxes[index], image.FileName);
    }

    public void Dispose() => _store.Dispose();

    private static void CheckImages(
        string path,
        AnnotationSet annotations,
        ImageStore store,
        DatasetProblems problems
    )
    {
        if (annotations.Images.Count == 0 && !problems.Any)
        {
            problems.Add(path, 0, "there are no images; expected at least one");
        }

        ImageReference[] references = References(annotations);
        store.DecodeVideos(references);
        var ids = new HashSet<long>();
        var names = new HashSet<string>();
        for (int index = 0; index < references.Length; index++)
        {
            AnnotatedImage image = annotations.Images[index];
            if (!ids.Add(image.Id))
            {
                problems.Add(image.Place, $"image id {image.Id} occurs twice; ids must be unique");
            }

            if (!names.Add(image.FileName))
            {
                problems.Add(
                    image.Place,
                    $"image '{image.FileName}' occurs twice; names must be unique"
                );
            }

            if (ImageProblem(image, references[index], store) is { } problem)
            {
                problems.Add(image.Place, problem);
            }
        }
    }

    private static string? ImageProblem(
        AnnotatedImage image,
        ImageReference reference,
        ImageStore store
    )
    {
        if (store.Problem(reference) is { } problem)
        {
            return problem;
        }

        return store.SizeOf(reference) is { } size
            ? SizeProblem(image, size)
            : $"image '{image.FileName}' cannot be read as an image";
    }

    private static string? SizeProblem(AnnotatedImage image, Size size) =>
        size.Width == image.Width && size.Height == image.Height
            ? null
            : $"image '{image.FileName}' has {size.Width}x{size.Height} pixels, but its annotations are for {image.Width}x{image.Height}";

    private static ImageReference[] References(AnnotationSet annotations) =>
        [.. annotations.Images.Select(image => ImageReference.Parse(image.FileName))];

    private static LabelledBox[] TrainingBoxes(AnnotationSet annotations, AnnotatedImage image) =>
        [
            .. annotations
                .Of(image.Id)
                .Where(box => box is { IsCrowd: false, IsDifficult: false })
                .Select(box =>
                    new LabelledBox(
                        box.ClassId,
                        (float)box.Left,
                        (float)box.Top,
                        (float)box.Width,
                        (float)box.Height
                    ).ClippedTo(0, 0, image.Width, image.Height)
                )
                .Where(box => box is { Width: > 0, Height: > 0 }),
        ];
}
