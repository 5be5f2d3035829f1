using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Footage;

/// <summary>
/// What is handed to annotation tools (CVAT, Label Studio) and what comes back, in COCO's format. Tools keep a picture's name and little else, and some drop its folder, so every picture has a flat name
/// that says where it belongs: <c>agent_camera_day_time.jpg</c>.
/// </summary>
internal static partial class AnnotationExchange
{
    /// <summary>Where CVAT's COCO 1.0 has the annotations.</summary>
    public const string AnnotationEntry = "annotations/instances_default.json";

    /// <summary>The name that a picture has in the tools.</summary>
    public static string FlatName(string fileName) => fileName.Replace('/', '_');

    /// <summary>
    /// The flat name in what a tool made of it: folders, a URL or a parameter before it, parameters behind it, <c>%</c> codes, and the eight hex digits that Label Studio puts before an upload. What
    /// holds no such name comes back without its folders.
    /// </summary>
    /// <param name="fileName">The tool's name.</param>
    /// <param name="isKnown">Whether there is a picture of this flat name: an agent's id may begin with eight hex digits, too.</param>
    public static string FlatNameIn(string fileName, Func<string, bool> isKnown)
    {
        string plain = Uri.UnescapeDataString(fileName);
        if (PictureName().Match(plain) is not { Success: true, Value: string name })
        {
            return plain[(plain.LastIndexOfAny(['/', '\\', '=']) + 1)..];
        }

        return isKnown(name) ? name : UploadPrefix().Replace(name, "");
    }

    /// <summary>The data set as a COCO document with flat names.</summary>
    public static CocoDocument ToCoco(DatasetFolder dataset)
    {
        var annotations = new List<CocoAnnotation>();
        var images = new List<CocoImage>();
        foreach (DatasetItem item in dataset.Items)
        {
            FootageImage image = item.Image;
            images.Add(
                new CocoImage(images.Count + 1, FlatName(image.FileName), image.Width, image.Height)
            );
            foreach (FootageAnnotation one in item.Annotations)
            {
                annotations.Add(
                    new CocoAnnotation(
                        annotations.Count + 1,
                        images.Count,
                        one.CategoryId,
                        one.Bbox,
                        one.Area
                    )
                );
            }
        }

        return new CocoDocument
        {
            Images = images,
            Annotations = annotations,
            Categories =
            [
                .. dataset.Manifest.Classes.Select(
                    (label, index) => new CocoCategory(index + 1, label)
                ),
            ],
        };
    }

    /// <summary>Writes annotations and pictures as one zip file, as CVAT's "COCO 1.0" has them.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="path">The file; replaced in one step.</param>
    /// <param name="onProgress">Told the share that is written, 0..1.</param>
    public static void WriteZip(DatasetFolder dataset, string path, Action<double> onProgress) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
                using (Stream entry = zip.CreateEntry(AnnotationEntry).Open())
                {
                    JsonSerializer.Serialize(entry, ToCoco(dataset), CocoJson.Default.CocoDocument);
                }

                int done = 0;
                foreach (DatasetItem item in dataset.Items)
                {
                    // JPEG does not become smaller.
                    ZipArchiveEntry entry = zip.CreateEntry(
                        $"images/{FlatName(item.Image.FileName)}",
                        CompressionLevel.NoCompression
                    );
                    using Stream target = entry.Open();
                    using FileStream source = File.OpenRead(dataset.FileOf(item.Image));
                    source.CopyTo(target);
                    onProgress((double)++done / dataset.Items.Count);
                }
            }
        );

    /// <summary>Reads COCO annotations from a JSON file, or from the one JSON file in a zip.</summary>
    /// <exception cref="InvalidDatasetException">There are none.</exception>
    public static CocoDocument Read(string path)
    {
        if (!Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase))
        {
            return CocoDocument.Read(path);
        }

        string temporary = Path.GetTempFileName();
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            ZipArchiveEntry[] found =
            [
                .. zip.Entries.Where(entry =>
                    entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                ),
            ];
            if (found.Length != 1)
            {
                throw new InvalidDatasetException(
                    $"{path}: holds {found.Length} JSON files; expected one, with COCO annotations"
                );
            }

            if (found[0].Length > PackNames.LargestDocument)
            {
                throw new InvalidDatasetException(
                    $"{path}: {found[0].FullName} has {found[0].Length} bytes; allowed: up to {PackNames.LargestDocument}"
                );
            }

            found[0].ExtractToFile(temporary, overwrite: true);
            return CocoDocument.Read(temporary);
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw new InvalidDatasetException(
                $"{path}: cannot be read as a zip file ({error.Message})",
                error
            );
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    [GeneratedRegex(@"[a-z0-9-]+_[a-z0-9-]+_\d{4}-\d\d-\d\d_\d{6}\.\d{3}\.jpg")]
    private static partial Regex PictureName();

    [GeneratedRegex("^[0-9a-f]{8}-")]
    private static partial Regex UploadPrefix();
}
