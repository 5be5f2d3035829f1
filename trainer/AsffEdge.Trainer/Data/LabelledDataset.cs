using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>Labelled pictures from a COCO annotation file and an image folder or video. Everything is checked on opening.</summary>
public sealed class LabelledDataset : IDetectionDataset, IDisposable
{
    private readonly ImageStore _store;
    private readonly ImageReference[] _references;
    private readonly LabelledBox[][] _boxes;

    private LabelledDataset(
        ImageStore store,
        CocoAnnotations annotations,
        ImageReference[] references
    )
    {
        _store = store;
        _references = references;
        Annotations = annotations;
        _boxes = [.. annotations.Images.Select(image => TrainingBoxes(annotations, image))];
    }

    public int Count => _references.Length;

    public IReadOnlyList<string> Labels => Annotations.Labels;

    /// <summary>The images' ids and sizes and all annotations, crowds included: what evaluation compares with.</summary>
    public CocoAnnotations Annotations { get; }

    /// <summary>Opens a data set; a video's frames are decoded here.</summary>
    /// <param name="annotationFile">COCO JSON. An image's <c>file_name</c> is a file under the folder, or <c>clip.avi#000123</c>.</param>
    /// <param name="images">The image folder, or the video file itself.</param>
    /// <param name="labels">The class names to use, in the order of their class ids; null takes the file's categories by ascending id.</param>
    /// <exception cref="DatasetException">Lists together every missing image, box outside its image, unknown class and repeated id.</exception>
    public static LabelledDataset Open(
        string annotationFile,
        string images,
        IReadOnlyList<string>? labels = null
    )
    {
        var problems = new List<string>();
        CocoAnnotations annotations = CocoAnnotations.Check(
            CocoDocument.Read(annotationFile),
            labels,
            problems
        );
        ImageReference[] references =
        [
            .. annotations.Images.Select(image => ImageReference.Parse(image.FileName)),
        ];
        var store = new ImageStore(images);
        try
        {
            problems.AddRange(store.Prepare(references));
            if (problems.Count > 0)
            {
                throw new DatasetException(annotationFile, problems);
            }

            return new LabelledDataset(store, annotations, references);
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
        CocoImage image = Annotations.Images[index];
        Mat picture = _store.Load(_references[index]);
        if (picture.Width != image.Width || picture.Height != image.Height)
        {
            string actual = $"{picture.Width}x{picture.Height}";
            picture.Dispose();
            throw new DatasetException(
                $"image '{image.FileName}' has {actual} pixels, but its annotations are for {image.Width}x{image.Height}"
            );
        }

        return new Sample(picture, _boxes[index], image.FileName);
    }

    public void Dispose() => _store.Dispose();

    private static LabelledBox[] TrainingBoxes(CocoAnnotations annotations, CocoImage image) =>
        [
            .. annotations
                .Of(image.Id)
                .Where(annotation => annotation.Iscrowd == 0)
                .Select(annotation =>
                    new LabelledBox(
                        annotations.ClassOf(annotation),
                        (float)annotation.Bbox[0],
                        (float)annotation.Bbox[1],
                        (float)annotation.Bbox[2],
                        (float)annotation.Bbox[3]
                    ).ClippedTo(0, 0, image.Width, image.Height)
                )
                .Where(box => box is { Width: > 0, Height: > 0 }),
        ];
}
