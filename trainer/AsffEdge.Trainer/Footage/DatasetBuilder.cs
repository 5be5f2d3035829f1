using System.Collections.Concurrent;
using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Footage;

/// <summary>Merges packs of many devices into a data set. The same packs and options give the same data set, in whatever order the packs are named.</summary>
internal sealed class DatasetBuilder
{
    private readonly BuildOptions _options;
    private readonly DatasetFolder? _base;
    private readonly Dictionary<string, FootageImage> _baseImages;
    private readonly Dictionary<string, ImportedPicture> _pictures = [];
    private readonly List<DatasetPack> _packs = [];
    private readonly SortedSet<string> _classes = new(StringComparer.Ordinal);

    /// <summary>Prepares a build.</summary>
    /// <param name="options">How.</param>
    /// <param name="basis">A data set that the packs are added to; its pictures, labels and division stay.</param>
    public DatasetBuilder(BuildOptions options, DatasetFolder? basis = null)
    {
        _options = options;
        _base = basis;
        _baseImages =
            basis?.Items.ToDictionary(item => item.Image.FileName, item => item.Image) ?? [];
    }

    /// <summary>Builds into a folder that must not exist.</summary>
    /// <param name="packs">The packs' files.</param>
    /// <param name="folder">The data set's folder.</param>
    /// <param name="onProgress">Told the pack's number and the share of it that is read, 0..1; from one thread.</param>
    /// <param name="cancellation">Ends the work; nothing is left of it.</param>
    /// <exception cref="InvalidDatasetException">A pack is refused, two packs contradict each other, or nothing is left to train on or to hold out.</exception>
    public BuildReport Build(
        IReadOnlyList<string> packs,
        string folder,
        Action<int, double> onProgress,
        CancellationToken cancellation
    )
    {
        BuildReport? report = null;
        AtomicFile.BuildFolder(
            folder,
            temporary =>
            {
                int known = 0;
                for (int number = 0; number < packs.Count; number++)
                {
                    int current = number;
                    bool added = Read(
                        packs[number],
                        temporary,
                        share => onProgress(current, share),
                        cancellation
                    );
                    known += added ? 0 : 1;
                }

                report = new DatasetAssembly(_options, _base).Write(
                    temporary,
                    _pictures.Values,
                    _packs,
                    _classes
                ) with
                {
                    KnownPacks = known,
                };
            }
        );
        return report!;
    }

    private bool Read(
        string pack,
        string temporary,
        Action<double> onProgress,
        CancellationToken cancellation
    )
    {
        using var reader = new PackReader(pack);
        bool isKnown =
            _packs.Any(other => other.PackSha256 == reader.Identity)
            || _base?.Manifest.Packs.Any(other => other.PackSha256 == reader.Identity) == true;
        if (isKnown)
        {
            return false;
        }

        var documents = new Dictionary<string, PackDay>();
        var read = new ConcurrentBag<ImportedPicture>();
        try
        {
            // Entries come one by one; hashing, decoding and writing them is shared by the cores.
            Parallel.ForEach(
                Partitioner.Create(
                    Pictures(reader, documents, onProgress),
                    EnumerablePartitionerOptions.NoBuffering
                ),
                new ParallelOptions
                {
                    CancellationToken = cancellation,
                    MaxDegreeOfParallelism = Environment.ProcessorCount,
                },
                picture => read.Add(Import(reader, picture.Entry, picture.Day, temporary))
            );
        }
        catch (AggregateException errors)
        {
            // Several entries may be wrong at once; one is enough to refuse the pack.
            throw errors.Flatten().InnerExceptions.OrderBy(error => error.Message).First();
        }

        foreach (ImportedPicture picture in read)
        {
            // Packs of one device may overlap: whichever is named first, the same one's annotations are taken.
            string name = picture.Item.Image.FileName;
            bool comesFirst =
                !_pictures.TryGetValue(name, out ImportedPicture? other)
                || string.CompareOrdinal(picture.Pack, other.Pack) < 0;
            if (comesFirst)
            {
                _pictures[name] = picture;
            }
        }

        foreach (PackDay day in documents.Values)
        {
            _classes.UnionWith(day.Labels.Values);
        }

        PackManifest manifest = reader.Manifest;
        _packs.Add(
            new DatasetPack(reader.Identity, manifest.Agent, manifest.From, manifest.To, read.Count)
        );
        return true;
    }

    private IEnumerable<(PackEntry Entry, PackDay Day)> Pictures(
        PackReader reader,
        Dictionary<string, PackDay> documents,
        Action<double> onProgress
    )
    {
        foreach (PackEntry entry in reader.Files())
        {
            string name = entry.Listed.Name;
            string folder = PackNames.FolderOf(name);
            if (!PackNames.IsDocument(name))
            {
                onProgress(reader.Share);
                yield return (entry, documents[folder]);
                continue;
            }

            string? problem = entry.Problem();
            FootageDocument? document = problem is null
                ? reader.Parse(entry.Content, name, FootageJson.Default.FootageDocument)
                : null;
            problem ??= PackDocumentCheck.Problem(
                document!,
                folder,
                reader.Manifest,
                _options.TakeUnmasked
            );
            documents[folder] = problem is null
                ? new PackDay(document!)
                : throw reader.Fault(name, problem);
        }

        onProgress(1);
    }

    private ImportedPicture Import(
        PackReader reader,
        PackEntry entry,
        PackDay day,
        string temporary
    )
    {
        string name = entry.Listed.Name;
        FootageImage image = day.Images[name];
        string? problem = entry.Problem();
        (Size Size, DifferenceHash Hash)? picture = problem is null
            ? JpegPicture.Read(entry.Content, out problem)
            : null;
        problem ??= PackDocumentCheck.SizeProblem(image, picture!.Value.Size);
        if (problem is not null)
        {
            throw reader.Fault(name, problem);
        }

        string camera = $"{reader.Manifest.Agent}/{image.Camera}";
        string fileName = $"{reader.Manifest.Agent}/{name}";
        FootageImage? there =
            _pictures.GetValueOrDefault(fileName)?.Item.Image
            ?? _baseImages.GetValueOrDefault(fileName);
        if (there is not null && there.Sha256 != entry.Listed.Sha256)
        {
            throw reader.Fault(
                name,
                $"another pack has a different picture of camera {camera} at {image.DateCaptured:O}; one of the two is not what it says"
            );
        }

        if (there is null)
        {
            string target = Path.Combine(temporary, DatasetFolder.ImagesName, fileName);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, entry.Content);
        }

        return new ImportedPicture(
            new DatasetItem(
                DatasetPart.Train,
                image with
                {
                    FileName = fileName,
                    Camera = camera,
                    Sha256 = entry.Listed.Sha256,
                    Dhash = picture!.Value.Hash.ToString(),
                },
                [.. day.Objects[image.Id]]
            ),
            picture.Value.Hash,
            day.Labels,
            reader.Identity
        );
    }
}
