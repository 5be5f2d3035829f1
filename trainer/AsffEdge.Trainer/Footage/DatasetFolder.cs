using System.Security.Cryptography;
using System.Text.Json;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Footage;

/// <summary>
/// A data set on disk: <c>dataset.json</c>, <c>train.json</c>, <c>validation.json</c>, and the pictures under <c>images/agent/camera/day</c>. A folder never changes; what changes a data
/// set writes another one, which shares the pictures by hard links.
/// </summary>
public sealed class DatasetFolder
{
    /// <summary>The manifest's name.</summary>
    public const string ManifestName = "dataset.json";

    /// <summary>The folder of the pictures.</summary>
    public const string ImagesName = "images";

    private DatasetFolder(
        string path,
        string sha256,
        DatasetManifest manifest,
        IReadOnlyList<DatasetItem> items
    )
    {
        Path = path;
        Sha256 = sha256;
        Manifest = manifest;
        Items = items;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>SHA-256 of <c>dataset.json</c>: names this version of the data set.</summary>
    public string Sha256 { get; }

    /// <summary>What it says about itself.</summary>
    public DatasetManifest Manifest { get; }

    /// <summary>All pictures, by name.</summary>
    public IReadOnlyList<DatasetItem> Items { get; }

    /// <summary>Where a picture lies.</summary>
    public string FileOf(FootageImage image) =>
        System.IO.Path.Combine(Path, ImagesName, image.FileName);

    /// <summary>Reads a data set; the pictures themselves are not looked at.</summary>
    /// <exception cref="InvalidDatasetException">It is none, or its parts are not those that its manifest names.</exception>
    public static DatasetFolder Open(string path)
    {
        (DatasetManifest manifest, string sha256) = ReadManifest(path);
        List<DatasetItem> items = [];
        foreach (DatasetPart part in Enum.GetValues<DatasetPart>())
        {
            string file = System.IO.Path.Combine(path, manifest.Of(part).File);
            byte[] text = ReadFile(file);
            RequireHash(file, text, manifest.Of(part).Sha256);
            FootageDocument document = Parse(
                file,
                () => JsonSerializer.Deserialize(text, FootageJson.Default.FootageDocument)
            );
            ILookup<long, FootageAnnotation> objects = document.Annotations.ToLookup(one =>
                one.ImageId
            );
            items.AddRange(
                document.Images.Select(image => new DatasetItem(
                    part,
                    image,
                    [.. objects[image.Id]]
                ))
            );
        }

        items.Sort((a, b) => string.CompareOrdinal(a.Image.FileName, b.Image.FileName));
        return new DatasetFolder(path, sha256, manifest, items);
    }

    /// <summary>Reads only the manifest.</summary>
    /// <exception cref="InvalidDatasetException">There is none.</exception>
    public static DatasetManifest Describe(string path) => ReadManifest(path).Manifest;

    /// <summary>Reads every picture of a part and compares it with its hash.</summary>
    /// <exception cref="InvalidDatasetException">One is missing or another one.</exception>
    public void VerifyPictures(DatasetPart part)
    {
        string? problem = Items
            .AsParallel()
            .Where(item => item.Part == part)
            .Select(item => PictureProblem(item.Image))
            .FirstOrDefault(found => found is not null);
        if (problem is not null)
        {
            throw new InvalidDatasetException(problem);
        }
    }

    /// <summary>Reads only the manifest, and holds one part against it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="partFile">The part's file name that must be as the manifest says; null: none.</param>
    /// <returns>The manifest's hash.</returns>
    /// <exception cref="InvalidDatasetException">There is none, or the part is another one.</exception>
    public static string HashOf(string path, string? partFile = null)
    {
        (DatasetManifest manifest, string sha256) = ReadManifest(path);
        foreach (DatasetPart part in Enum.GetValues<DatasetPart>())
        {
            if (manifest.Of(part).File == partFile)
            {
                string file = System.IO.Path.Combine(path, partFile);
                RequireHash(file, ReadFile(file), manifest.Of(part).Sha256);
            }
        }

        return sha256;
    }

    /// <summary>Writes parts and manifest into a folder that holds the pictures already.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="manifest">What to say; parts are filled in.</param>
    /// <param name="items">The pictures.</param>
    internal static void WriteInto(
        string folder,
        DatasetManifest manifest,
        IEnumerable<DatasetItem> items
    )
    {
        DatasetItem[] ordered =
        [
            .. items.OrderBy(item => item.Image.FileName, StringComparer.Ordinal),
        ];
        manifest = manifest with
        {
            Train = WritePart(folder, "train.json", manifest.Classes, DatasetPart.Train, ordered),
            Validation = WritePart(
                folder,
                "validation.json",
                manifest.Classes,
                DatasetPart.Validation,
                ordered
            ),
        };
        AtomicFile.Write(
            System.IO.Path.Combine(folder, ManifestName),
            stream =>
                JsonSerializer.Serialize(stream, manifest, DatasetJson.Default.DatasetManifest)
        );
    }

    /// <summary>Writes a new version of this data set with the same pictures.</summary>
    /// <param name="folder">The new folder; must not exist.</param>
    /// <param name="manifest">What to say.</param>
    /// <param name="make">Gives the pictures, which are of this data set. Called once the folder is this program's to write: it may take hours.</param>
    /// <exception cref="IOException">It cannot be written, exists, or another program is writing it; there is nothing half-written then.</exception>
    internal void WriteVersion(
        string folder,
        DatasetManifest manifest,
        Func<IReadOnlyList<DatasetItem>> make
    ) =>
        AtomicFile.BuildFolder(
            folder,
            temporary =>
            {
                IReadOnlyList<DatasetItem> items = make();
                foreach (DatasetItem item in items)
                {
                    LinkInto(temporary, item.Image);
                }

                WriteInto(temporary, manifest, items);
            }
        );

    /// <summary>Puts one of the pictures into another data set's folder.</summary>
    internal void LinkInto(string folder, FootageImage image)
    {
        string target = System.IO.Path.Combine(folder, ImagesName, image.FileName);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        AtomicFile.LinkOrCopy(FileOf(image), target);
    }

    private string? PictureProblem(FootageImage image)
    {
        string found = Convert.ToHexStringLower(SHA256.HashData(ReadFile(FileOf(image))));
        return found == image.Sha256
            ? null
            : $"{FileOf(image)}: its SHA-256 is {found}; the data set says {image.Sha256}";
    }

    private static DatasetPartFile WritePart(
        string folder,
        string name,
        IReadOnlyList<string> classes,
        DatasetPart part,
        DatasetItem[] items
    )
    {
        List<FootageImage> images = [];
        List<FootageAnnotation> annotations = [];
        foreach (DatasetItem item in items.Where(item => item.Part == part))
        {
            images.Add(item.Image with { Id = images.Count + 1 });
            foreach (FootageAnnotation one in item.Annotations)
            {
                annotations.Add(one with { Id = annotations.Count + 1, ImageId = images.Count });
            }
        }

        byte[] text = JsonSerializer.SerializeToUtf8Bytes(
            new FootageDocument
            {
                Categories =
                [
                    .. classes.Select((label, index) => new FootageCategory(index + 1, label)),
                ],
                Images = images,
                Annotations = annotations,
            },
            FootageJson.Default.FootageDocument
        );
        AtomicFile.Write(System.IO.Path.Combine(folder, name), stream => stream.Write(text));
        return new DatasetPartFile(
            name,
            Convert.ToHexStringLower(SHA256.HashData(text)),
            images.Count,
            annotations.Count
        );
    }

    private static (DatasetManifest Manifest, string Sha256) ReadManifest(string path)
    {
        string file = System.IO.Path.Combine(path, ManifestName);
        byte[] text = ReadFile(file);
        DatasetManifest manifest = Parse(
            file,
            () => JsonSerializer.Deserialize(text, DatasetJson.Default.DatasetManifest)
        );
        return manifest.Format == DatasetManifest.CurrentFormat
            ? (manifest, Convert.ToHexStringLower(SHA256.HashData(text)))
            : throw new InvalidDatasetException(
                $"{file}: format is {manifest.Format}; this version reads {DatasetManifest.CurrentFormat}"
            );
    }

    private static void RequireHash(string file, byte[] text, string expected)
    {
        string found = Convert.ToHexStringLower(SHA256.HashData(text));
        if (found != expected)
        {
            throw new InvalidDatasetException(
                $"{file}: its SHA-256 is {found}; {ManifestName} says {expected}: the file was changed by other means than asff-train dataset"
            );
        }
    }

    private static byte[] ReadFile(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDatasetException(
                $"{file}: cannot be read ({error.Message}); expected a data set made by 'asff-train dataset build'",
                error
            );
        }
    }

    private static T Parse<T>(string file, Func<T?> parse)
        where T : class
    {
        try
        {
            return parse()
                ?? throw new InvalidDatasetException($"{file}: holds 'null'; expected an object");
        }
        catch (JsonException error)
        {
            throw new InvalidDatasetException(
                $"{file}:{error.LineNumber + 1}: {error.Message}",
                error
            );
        }
    }
}
