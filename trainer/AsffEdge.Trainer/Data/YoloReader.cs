using System.Globalization;
using AsffEdge.Trainer.Evaluation;
using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>
/// Reads a data set in YOLO's text format: beside every picture of <c>images/</c> there is a file of the same name in <c>labels/</c> with one
/// object a line: class number, centre x, centre y, width, height, the last four as fractions 0..1 of the picture. A picture without
/// such a file shows no objects.
/// </summary>
internal sealed class YoloReader
{
    private const string LabelFolder = "labels";
    private const string ImageFolder = "images";

    private static readonly string[] PictureTypes =
    [
        ".bmp",
        ".jpeg",
        ".jpg",
        ".png",
        ".tif",
        ".tiff",
        ".webp",
    ];

    private readonly DatasetProblems _problems;
    private readonly IReadOnlyList<int> _classes;
    private readonly List<GroundTruthBox> _objects = [];

    private YoloReader(DatasetProblems problems, IReadOnlyList<int> classes) =>
        (_problems, _classes) = (problems, classes);

    /// <summary>The folder that the pictures are in unless another is named: the path with its last <c>labels</c> as <c>images</c>.</summary>
    /// <exception cref="InvalidDatasetException">The path has no <c>labels</c> in it.</exception>
    public static string ImagesOf(string path)
    {
        string[] parts = LabelsOf(path).Split(Path.DirectorySeparatorChar);
        int last = Array.LastIndexOf(parts, LabelFolder);
        if (last < 0)
        {
            throw new InvalidDatasetException(
                $"{path}: no folder '{LabelFolder}' in it, so where the pictures are must be said (data.images, --images)"
            );
        }

        parts[last] = ImageFolder;
        return string.Join(Path.DirectorySeparatorChar, parts);
    }

    /// <summary>Reads and checks the annotations.</summary>
    /// <param name="path">The folder of the text files, or one that holds it as <c>labels</c>.</param>
    /// <param name="store">The pictures, for their sizes.</param>
    /// <param name="images">The folder of the pictures.</param>
    /// <param name="labels">Class names in the order of the class ids; null takes the data set's own (<see cref="YoloNames"/>).</param>
    /// <param name="problems">Receives what is wrong; the result is of use only where nothing was.</param>
    /// <exception cref="InvalidDatasetException">There is no such folder, or no class names.</exception>
    public static AnnotationSet Read(
        string path,
        ImageStore store,
        string images,
        IReadOnlyList<string>? labels,
        DatasetProblems problems
    )
    {
        string folder = LabelsOf(path);
        if (!Directory.Exists(images))
        {
            throw new InvalidDatasetException(
                $"{images}: not a folder; YOLO's format needs one with the pictures"
            );
        }

        (string Source, IReadOnlyList<string> Names)? own = YoloNames.Find(folder);
        labels ??=
            own?.Names
            ?? throw new InvalidDatasetException(
                $"{path}: the classes have no names; expected {YoloNames.Files} beside the labels or above, or data.labels"
            );
        AnnotationRules.CheckLabels(own?.Source ?? path, labels, problems);
        Dictionary<string, int> known = AnnotationRules.IndexOf(labels);
        // The files' own numbers mean the names beside them, which need not be in the order of those asked for.
        IReadOnlyList<string> names = own?.Names ?? labels;
        int[] classes = [.. names.Select(name => known.GetValueOrDefault(name, -1))];
        foreach (string name in names.Where(name => !known.ContainsKey(name)))
        {
            problems.Add(own!.Value.Source, 0, AnnotationRules.UnknownClass(name, labels));
        }

        int?[] numbers = new int?[labels.Count];
        for (int number = 0; number < classes.Length; number++)
        {
            if (classes[number] >= 0)
            {
                numbers[classes[number]] = number;
            }
        }

        var reader = new YoloReader(problems, classes);
        List<AnnotatedImage> found = reader.ReadFolder(folder, images, store);
        return new AnnotationSet(labels, numbers, found, reader._objects);
    }

    private static string LabelsOf(string path)
    {
        string inside = Path.Combine(path, LabelFolder);
        string folder = Directory.Exists(inside) ? inside : path;
        return Directory.Exists(folder)
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))
            : throw new InvalidDatasetException(
                $"{path}: no such folder; expected one with YOLO's text files, or with '{LabelFolder}' and '{ImageFolder}' in it"
            );
    }

    private List<AnnotatedImage> ReadFolder(string folder, string images, ImageStore store)
    {
        Dictionary<string, string> unused = Directory
            .EnumerateFiles(folder, "*.txt")
            .Where(file => Path.GetFileName(file) != YoloNames.List)
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file));
        var seen = new Dictionary<string, string>();
        var found = new List<AnnotatedImage>();
        foreach (
            string picture in Directory
                .EnumerateFiles(images)
                .Where(file => PictureTypes.Contains(Path.GetExtension(file).ToLowerInvariant()))
                .Order(StringComparer.Ordinal)
        )
        {
            string name = Path.GetFileName(picture);
            string stem = Path.GetFileNameWithoutExtension(picture);
            if (!seen.TryAdd(stem, name))
            {
                _problems.Add(
                    picture,
                    0,
                    $"shares its labels with '{seen[stem]}'; names must differ in more than the ending"
                );
            }

            unused.Remove(stem, out string? file);
            // A picture without a size stays in the list, so that it is named once, with all others.
            Size size = store.SizeOf(new ImageReference(name, 0)) ?? default;
            var image = new AnnotatedImage(
                found.Count + 1,
                name,
                size.Width,
                size.Height,
                () => picture
            );
            found.Add(image);
            if (file is not null && size.Width > 0)
            {
                ReadFile(file, image);
            }
        }

        foreach (string file in unused.Values.Order(StringComparer.Ordinal))
        {
            _problems.Add(file, 0, $"its picture is missing from {images}");
        }

        return found;
    }

    private void ReadFile(string file, AnnotatedImage image)
    {
        int line = 0;
        foreach (string text in File.ReadLines(file))
        {
            line++;
            string[] fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 0 && ReadLine(fields, image) is { } problem)
            {
                _problems.Add(file, line, problem);
            }
        }
    }

    // Adds the object; what is wrong with it otherwise.
    private string? ReadLine(string[] fields, AnnotatedImage image)
    {
        Span<double> box = stackalloc double[4];
        bool isRow = fields.Length == 5;
        for (int index = 0; isRow && index < box.Length; index++)
        {
            isRow =
                double.TryParse(fields[index + 1], CultureInfo.InvariantCulture, out box[index])
                && double.IsFinite(box[index]);
        }

        if (
            !isRow
            || !int.TryParse(
                fields[0],
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out int number
            )
        )
        {
            return $"'{string.Join(' ', fields)}' is no object; expected class number, centre x, centre y, width and height, the last four as fractions of the picture";
        }

        if (number >= _classes.Count)
        {
            return $"class {number} is not known; allowed: 0 to {_classes.Count - 1}";
        }

        double width = box[2] * image.Width;
        double height = box[3] * image.Height;
        double left = box[0] * image.Width - width / 2;
        double top = box[1] * image.Height - height / 2;
        if (
            AnnotationRules.BoxProblem(left, top, width, height, image.Width, image.Height) is
            { } problem
        )
        {
            return problem;
        }

        _objects.Add(
            new GroundTruthBox(
                image.Id,
                _classes[number],
                left,
                top,
                width,
                height,
                width * height,
                IsCrowd: false
            )
        );
        return null;
    }
}
