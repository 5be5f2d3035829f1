using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Data;

/// <summary>Checked annotations: ids are unique, every annotation belongs to an image and a class, and every box to its picture.</summary>
public sealed class CocoAnnotations
{
    // Published boxes overshoot by rounding; more than this is a mistake.
    private const double Overshoot = 1;

    private readonly Dictionary<int, int> _classes;
    private readonly ILookup<long, CocoAnnotation> _byImage;

    private CocoAnnotations(
        CocoDocument document,
        IReadOnlyList<string> labels,
        Dictionary<int, int> classes
    )
    {
        Images = document.Images;
        All = document.Annotations;
        Labels = labels;
        _classes = classes;
        _byImage = document.Annotations.ToLookup(annotation => annotation.ImageId);
    }

    public IReadOnlyList<CocoImage> Images { get; }

    /// <summary>Every annotation in the file's order, crowds included.</summary>
    public IReadOnlyList<CocoAnnotation> All { get; }

    /// <summary>Class names by class id.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="DatasetException">Lists everything that is wrong with it.</exception>
    public static CocoAnnotations Read(string path, IReadOnlyList<string>? labels = null)
    {
        var problems = new List<string>();
        CocoAnnotations annotations = Check(CocoDocument.Read(path), labels, problems);
        return problems.Count == 0 ? annotations : throw new DatasetException(path, problems);
    }

    /// <summary>Checks a document, adding what is wrong to <paramref name="problems"/>; the result is of use only where nothing was added.</summary>
    /// <param name="document">The file's content.</param>
    /// <param name="labels">Class names in the order of the class ids; null takes the categories by ascending id.</param>
    /// <param name="problems">Receives one line a problem.</param>
    public static CocoAnnotations Check(
        CocoDocument document,
        IReadOnlyList<string>? labels,
        ICollection<string> problems
    )
    {
        labels ??=
        [
            .. document
                .Categories.OrderBy(category => category.Id)
                .Select(category => category.Name),
        ];
        if (document.Images.Count == 0)
        {
            problems.Add("there are no images; expected at least one");
        }

        var classes = new Dictionary<int, int>();
        foreach (CocoCategory category in document.Categories)
        {
            int classId = IndexOf(labels, category.Name);
            if (classId < 0)
            {
                problems.Add(
                    $"category '{category.Name}' is not a known class; allowed: {string.Join(", ", labels)}"
                );
            }

            if (!classes.TryAdd(category.Id, classId))
            {
                problems.Add($"category id {category.Id} occurs twice; ids must be unique");
            }
        }

        var images = new Dictionary<long, CocoImage>();
        foreach (CocoImage image in document.Images)
        {
            if (!images.TryAdd(image.Id, image))
            {
                problems.Add($"image id {image.Id} occurs twice; ids must be unique");
            }

            if (image.Width < 1 || image.Height < 1)
            {
                problems.Add(
                    $"image '{image.FileName}' is {image.Width}x{image.Height}; both must be 1 or more"
                );
            }
        }

        var ids = new HashSet<long>();
        foreach (CocoAnnotation annotation in document.Annotations)
        {
            if (!ids.Add(annotation.Id))
            {
                problems.Add($"annotation id {annotation.Id} occurs twice; ids must be unique");
            }

            if (!classes.ContainsKey(annotation.CategoryId))
            {
                problems.Add(
                    $"annotation {annotation.Id} is of category {annotation.CategoryId}; allowed: {string.Join(", ", classes.Keys)}"
                );
            }

            CheckBox(annotation, images.GetValueOrDefault(annotation.ImageId), problems);
        }

        return new CocoAnnotations(document, labels, classes);
    }

    /// <summary>The annotations of one image, in the file's order.</summary>
    public IEnumerable<CocoAnnotation> Of(long imageId) => _byImage[imageId];

    /// <summary>An annotation's class id.</summary>
    public int ClassOf(CocoAnnotation annotation) => _classes[annotation.CategoryId];

    /// <summary>All annotations as evaluation wants them, crowds included; images are known by their COCO id.</summary>
    public IReadOnlyList<GroundTruthBox> GroundTruth() =>
        [
            .. All.Select(annotation => new GroundTruthBox(
                annotation.ImageId,
                ClassOf(annotation),
                annotation.Bbox[0],
                annotation.Bbox[1],
                annotation.Bbox[2],
                annotation.Bbox[3],
                annotation.Area ?? annotation.Bbox[2] * annotation.Bbox[3],
                annotation.Iscrowd != 0
            )),
        ];

    private static void CheckBox(
        CocoAnnotation annotation,
        CocoImage? image,
        ICollection<string> problems
    )
    {
        if (image is null)
        {
            problems.Add(
                $"annotation {annotation.Id} is of image {annotation.ImageId}, which is not among the images"
            );
            return;
        }

        double[] box = annotation.Bbox;
        if (box.Length != 4 || !box.All(double.IsFinite))
        {
            problems.Add(
                $"annotation {annotation.Id}: bbox must hold 4 finite numbers (left, top, width, height)"
            );
            return;
        }

        bool inside =
            box[0] >= -Overshoot
            && box[1] >= -Overshoot
            && box[2] >= 0
            && box[3] >= 0
            && box[0] + box[2] <= image.Width + Overshoot
            && box[1] + box[3] <= image.Height + Overshoot;
        if (!inside)
        {
            problems.Add(
                $"annotation {annotation.Id}: box {string.Join(", ", box)} (left, top, width, height) is not inside "
                    + $"image '{image.FileName}' of {image.Width}x{image.Height}"
            );
        }
    }

    private static int IndexOf(IReadOnlyList<string> labels, string name)
    {
        for (int index = 0; index < labels.Count; index++)
        {
            if (labels[index] == name)
            {
                return index;
            }
        }

        return -1;
    }
}
