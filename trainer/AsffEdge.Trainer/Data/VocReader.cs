using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Data;

/// <summary>
/// Reads a data set in PASCAL VOC's format: <c>Annotations/*.xml</c>, <c>JPEGImages/</c> and, to choose among them, <c>ImageSets/Main/*.txt</c>.
/// VOC counts pixels from 1 and its edges are part of the box, so a box from xmin to xmax covers xmin − 1 to xmax here.
/// </summary>
internal sealed class VocReader
{
    private const string Annotations = "Annotations";

    private readonly DatasetProblems _problems;
    private readonly List<AnnotatedImage> _images = [];
    private readonly List<(GroundTruthBox Box, string Name, Func<string> Place)> _objects = [];

    private VocReader(DatasetProblems problems) => _problems = problems;

    /// <summary>The folder that the pictures are in unless another is named.</summary>
    /// <exception cref="InvalidDatasetException"><paramref name="path"/> leads to no data set.</exception>
    public static string ImagesOf(string path) => Path.Combine(RootOf(path), "JPEGImages");

    /// <summary>Reads and checks the annotations.</summary>
    /// <param name="path">The folder with <c>Annotations</c>, for all of it, or a list under <c>ImageSets</c>.</param>
    /// <param name="labels">Class names in the order of the class ids; null takes those that occur, in alphabetical order.</param>
    /// <param name="problems">Receives what is wrong; the result is of use only where nothing was.</param>
    /// <exception cref="InvalidDatasetException"><paramref name="path"/> leads to no data set.</exception>
    public static AnnotationSet Read(
        string path,
        IReadOnlyList<string>? labels,
        DatasetProblems problems
    )
    {
        string folder = Path.Combine(RootOf(path), Annotations);
        var reader = new VocReader(problems);
        IEnumerable<string> files = File.Exists(path) ? reader.Listed(path, folder) : All(folder);
        foreach (string file in files)
        {
            reader.ReadFile(file);
        }

        labels ??=
        [
            .. reader._objects.Select(one => one.Name).Distinct().Order(StringComparer.Ordinal),
        ];
        AnnotationRules.CheckLabels(path, labels, problems);
        Dictionary<string, int> known = AnnotationRules.IndexOf(labels);
        var objects = new List<GroundTruthBox>(reader._objects.Count);
        foreach ((GroundTruthBox box, string name, Func<string> place) in reader._objects)
        {
            if (known.TryGetValue(name, out int classId))
            {
                objects.Add(box with { ClassId = classId });
            }
            else
            {
                problems.Add(place, AnnotationRules.UnknownClass(name, labels));
            }
        }

        return new AnnotationSet(
            labels,
            [.. Enumerable.Range(1, labels.Count).Select(id => (int?)id)],
            reader._images,
            objects
        );
    }

    private static string RootOf(string path)
    {
        // A list lies two folders below the root, ImageSets/Main.
        string? folder = File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path)) : path;
        for (int up = 0; folder is not null && up < 3; up++)
        {
            if (Directory.Exists(Path.Combine(folder, Annotations)))
            {
                return folder;
            }

            folder = File.Exists(path) ? Path.GetDirectoryName(folder) : null;
        }

        throw new InvalidDatasetException(
            $"{path}: not a VOC data set; expected a folder with '{Annotations}', or a list (ImageSets/Main/train.txt) in one"
        );
    }

    private static string[] All(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.xml");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private IEnumerable<string> Listed(string list, string folder)
    {
        var seen = new HashSet<string>();
        int line = 0;
        foreach (string text in File.ReadLines(list))
        {
            line++;
            // Lists of one class have a second column, which says whether the picture shows it.
            string? id = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .FirstOrDefault();
            if (id is null)
            {
                continue;
            }

            string file = Path.Combine(folder, $"{id}.xml");
            if (!seen.Add(id))
            {
                _problems.Add(list, line, $"'{id}' is listed twice; names must be unique");
            }
            else if (!File.Exists(file))
            {
                _problems.Add(list, line, $"'{id}' has no annotations; expected {file}");
            }
            else
            {
                yield return file;
            }
        }
    }

    private void ReadFile(string file)
    {
        XElement root;
        try
        {
            // A document type may pull in other files or grow without bounds; XmlReader refuses it by default.
            using XmlReader xml = XmlReader.Create(file);
            root = XDocument.Load(xml, LoadOptions.SetLineInfo).Root!;
        }
        catch (Exception error)
            when (error is XmlException or IOException or UnauthorizedAccessException)
        {
            int line = (error as XmlException)?.LineNumber ?? 0;
            _problems.Add(file, line, $"cannot be read as XML ({error.Message})");
            return;
        }

        if (root.Name != "annotation")
        {
            _problems.Add(file, LineOf(root), $"is '{root.Name}'; expected 'annotation'");
            return;
        }

        string name = root.Element("filename")?.Value.Trim() ?? "";
        XElement? size = root.Element("size");
        double width = Number(size?.Element("width"));
        double height = Number(size?.Element("height"));
        if (name.Length == 0)
        {
            _problems.Add(file, LineOf(root), "filename is missing; it names the picture");
        }

        if (!IsSide(width) || !IsSide(height))
        {
            string found = size?.Value.Trim().ReplaceLineEndings(" ") ?? "missing";
            _problems.Add(
                file,
                LineOf(size ?? root),
                $"size is '{found}'; allowed: width and height in whole pixels, 1 or more"
            );
        }
        else if (name.Length > 0)
        {
            int line = LineOf(root.Element("filename")!);
            var image = new AnnotatedImage(
                _images.Count + 1,
                name,
                (int)width,
                (int)height,
                () => $"{file}:{line}"
            );
            _images.Add(image);
            foreach (XElement one in root.Elements("object"))
            {
                ReadObject(file, one, image);
            }
        }
    }

    private void ReadObject(string file, XElement element, AnnotatedImage image)
    {
        int line = LineOf(element);
        string name = element.Element("name")?.Value.Trim() ?? "";
        if (name.Length == 0)
        {
            _problems.Add(file, line, "the object has no name; it names the class");
            return;
        }

        string difficult = element.Element("difficult")?.Value.Trim() ?? "0";
        if (difficult is not ("0" or "1"))
        {
            _problems.Add(file, line, $"difficult is '{difficult}'; allowed: 0, 1");
        }

        // Parts of a person (head, hand, foot) are elements of their own within the object and are left out.
        XElement? box = element.Element("bndbox");
        double left = Number(box?.Element("xmin")) - 1;
        double top = Number(box?.Element("ymin")) - 1;
        double width = Number(box?.Element("xmax")) - left;
        double height = Number(box?.Element("ymax")) - top;
        double area = width * height;
        double rotation = RotationOf(element);
        if (width > 0 && height > 0 && RotatedBox.IsTurned(rotation))
        {
            double[] around = RotatedBox.Enclosing([left, top, width, height], rotation);
            around = RotatedBox.CutTo(around, image.Width, image.Height);
            (left, top, width, height) = (around[0], around[1], around[2], around[3]);
        }

        string? problem = double.IsFinite(left + top + width + height)
            ? AnnotationRules.BoxProblem(left, top, width, height, image.Width, image.Height)
            : "bndbox must hold the finite numbers xmin, ymin, xmax and ymax";
        if (problem is not null)
        {
            _problems.Add(file, line, $"'{name}': {problem}");
            return;
        }

        var truth = new GroundTruthBox(
            image.Id,
            0,
            left,
            top,
            width,
            height,
            area,
            IsCrowd: false,
            IsDifficult: difficult == "1"
        );
        _objects.Add((truth, name, () => $"{file}:{line}"));
    }

    // In degrees, as CVAT's export has it among the attributes of a box.
    private static double RotationOf(XElement element)
    {
        XElement? attribute = element
            .Element("attributes")
            ?.Elements("attribute")
            .FirstOrDefault(one => one.Element("name")?.Value.Trim() == "rotation");
        double degrees = Number(attribute?.Element("value"));
        return double.IsFinite(degrees) ? degrees : 0;
    }

    private static bool IsSide(double value) => value is >= 1 and <= int.MaxValue && value % 1 == 0;

    private static double Number(XElement? element) =>
        double.TryParse(element?.Value, CultureInfo.InvariantCulture, out double value)
            ? value
            : double.NaN;

    private static int LineOf(XElement element) => ((IXmlLineInfo)element).LineNumber;
}
