using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Data;

/// <summary>Reads a data set in COCO's format.</summary>
internal static class CocoReader
{
    /// <summary>Reads a file and checks it: ids and file names are unique, every annotation belongs to an image and a class, every box to its picture.</summary>
    /// <param name="path">COCO JSON.</param>
    /// <param name="labels">Class names in the order of the class ids; null takes the categories by ascending id.</param>
    /// <param name="problems">Receives what is wrong; the result is of use only where nothing was.</param>
    /// <exception cref="InvalidDatasetException">The file cannot be read at all.</exception>
    public static AnnotationSet Read(
        string path,
        IReadOnlyList<string>? labels,
        DatasetProblems problems
    )
    {
        CocoDocument document = CocoDocument.Read(path);
        var lines = new Lazy<IReadOnlyDictionary<string, IReadOnlyList<int>>>(() =>
        {
            using FileStream stream = File.OpenRead(path);
            return JsonLines.Of(stream);
        });
        Func<string> Place(string section, int index) =>
            () => $"{path}:{lines.Value[section][index]}";

        labels ??=
        [
            .. document
                .Categories.OrderBy(category => category.Id)
                .Select(category => category.Name),
        ];
        Dictionary<int, int> classes = ReadClasses(document, labels, Place, problems);
        AnnotatedImage[] images =
        [
            .. document.Images.Select(
                (image, index) =>
                    new AnnotatedImage(
                        image.Id,
                        image.FileName,
                        image.Width,
                        image.Height,
                        Place("images", index)
                    )
            ),
        ];
        int?[] categoryIds = new int?[labels.Count];
        foreach ((int category, int classId) in classes)
        {
            categoryIds[classId] = category;
        }

        return new AnnotationSet(
            labels,
            categoryIds,
            images,
            ReadObjects(document, classes, Place, problems)
        );
    }

    private static Dictionary<int, int> ReadClasses(
        CocoDocument document,
        IReadOnlyList<string> labels,
        Func<string, int, Func<string>> place,
        DatasetProblems problems
    )
    {
        Dictionary<string, int> known = AnnotationRules.IndexOf(labels);
        var classes = new Dictionary<int, int>();
        var names = new HashSet<string>();
        for (int index = 0; index < document.Categories.Count; index++)
        {
            CocoCategory category = document.Categories[index];
            Func<string> here = place("categories", index);
            if (!names.Add(category.Name))
            {
                problems.Add(
                    here,
                    $"category '{category.Name}' occurs twice; names must be unique"
                );
            }

            if (!known.TryGetValue(category.Name, out int classId))
            {
                problems.Add(here, AnnotationRules.UnknownClass(category.Name, labels));
            }

            if (!classes.TryAdd(category.Id, classId))
            {
                problems.Add(here, $"category id {category.Id} occurs twice; ids must be unique");
            }
        }

        return classes;
    }

    private static List<GroundTruthBox> ReadObjects(
        CocoDocument document,
        Dictionary<int, int> classes,
        Func<string, int, Func<string>> place,
        DatasetProblems problems
    )
    {
        var images = new Dictionary<long, CocoImage>();
        foreach (CocoImage image in document.Images)
        {
            images.TryAdd(image.Id, image);
        }

        var ids = new HashSet<long>();
        var objects = new List<GroundTruthBox>(document.Annotations.Count);
        for (int index = 0; index < document.Annotations.Count; index++)
        {
            CocoAnnotation annotation = document.Annotations[index];
            if (!ids.Add(annotation.Id))
            {
                Refuse(index, $"annotation id {annotation.Id} occurs twice; ids must be unique");
            }

            if (!classes.TryGetValue(annotation.CategoryId, out int classId))
            {
                Refuse(
                    index,
                    $"annotation {annotation.Id} is of category {annotation.CategoryId}; allowed: {string.Join(", ", classes.Keys)}"
                );
            }

            (double[] box, string? problem) = ReadBox(annotation, images);
            if (problem is not null)
            {
                Refuse(index, $"annotation {annotation.Id}: {problem}");
                continue;
            }

            objects.Add(
                new GroundTruthBox(
                    annotation.ImageId,
                    classId,
                    box[0],
                    box[1],
                    box[2],
                    box[3],
                    annotation.AreaOfObject,
                    annotation.Iscrowd != 0
                )
            );
        }

        return objects;

        void Refuse(int index, string message) =>
            problems.Add(place("annotations", index), message);
    }

    private static (double[] Box, string? Problem) ReadBox(
        CocoAnnotation annotation,
        Dictionary<long, CocoImage> images
    )
    {
        if (!images.TryGetValue(annotation.ImageId, out CocoImage? image))
        {
            return ([], $"is of image {annotation.ImageId}, which is not among the images");
        }

        double[] box = annotation.UprightBox(image.Width, image.Height);
        // Boxes without height are in COCO's own training set (two in train2017, 918 among them): they are read, and not trained on.
        return box is [var left, var top, var width, var height]
            ? (
                box,
                AnnotationRules.BoxProblem(
                    left,
                    top,
                    width,
                    height,
                    image.Width,
                    image.Height,
                    allowEmpty: true
                )
            )
            : ([], $"bbox holds {box.Length} numbers; it must hold 4 (left, top, width, height)");
    }
}
