using AsffEdge.Detection;
using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Footage;

/// <summary>Leaves out duplicates, divides the rest, and writes the data set.</summary>
/// <param name="options">How.</param>
/// <param name="basis">A data set that is added to; its pictures go before all others.</param>
internal sealed class DatasetAssembly(BuildOptions options, DatasetFolder? basis)
{
    private readonly SplitOptions _options = basis?.Manifest.Split ?? options.Split;
    private readonly NearDuplicates _near = new(options.NearBits);
    private readonly HashSet<string> _hashes = [];
    private readonly List<DatasetItem> _items = [];

    /// <summary>Writes the data set.</summary>
    /// <param name="folder">Holds the new pictures; those that are left out are deleted.</param>
    /// <param name="pictures">The new pictures.</param>
    /// <param name="packs">The new packs.</param>
    /// <param name="classes">The packs' classes, in order.</param>
    /// <exception cref="InvalidDatasetException">Nothing is left to train on or to hold out.</exception>
    public BuildReport Write(
        string folder,
        IReadOnlyCollection<ImportedPicture> pictures,
        IReadOnlyList<DatasetPack> packs,
        IReadOnlyCollection<string> classes
    )
    {
        string[] labels = [.. (basis?.Manifest.Classes ?? []).Union(classes)];
        TakeBase(folder);
        (int duplicates, int near, int inGap) = (0, 0, 0);
        var split = new TimeSplit(_options);
        Dictionary<string, int> ids = AnnotationRules.IndexOf(labels);
        IEnumerable<ImportedPicture> ordered = pictures.OrderBy(
            picture => picture.Item.Image.FileName,
            StringComparer.Ordinal
        );
        foreach (ImportedPicture picture in ordered)
        {
            FootageImage image = picture.Item.Image;
            DatasetPart? part = split.PartOf(image.Camera, image.DateCaptured);
            DatasetItem item = WithClassIds(picture, ids) with { Part = part ?? DatasetPart.Train };
            bool isKept = false;
            if (!_hashes.Add(image.Sha256!))
            {
                duplicates++;
            }
            else if (part is null)
            {
                inGap++;
            }
            else if (!_near.Keep(picture.Hash, item))
            {
                near++;
            }
            else
            {
                isKept = true;
                _items.Add(item);
            }

            if (!isKept && !_baseNames.Contains(image.FileName))
            {
                File.Delete(Path.Combine(folder, DatasetFolder.ImagesName, image.FileName));
            }
        }

        RequireParts();
        DatasetFolder.WriteInto(folder, Describe(packs, labels), _items);
        return new BuildReport(
            pictures.Count,
            duplicates,
            near,
            inGap,
            _items.Count(item => item.Part == DatasetPart.Train),
            _items.Count(item => item.Part == DatasetPart.Validation)
        );
    }

    private readonly HashSet<string> _baseNames =
    [
        .. basis?.Items.Select(item => item.Image.FileName) ?? [],
    ];

    private void TakeBase(string folder)
    {
        foreach (DatasetItem item in basis?.Items ?? [])
        {
            basis!.LinkInto(folder, item.Image);
            _hashes.Add(item.Image.Sha256!);
            _near.Add(DifferenceHash.Parse(item.Image.Dhash)!.Value, item);
            _items.Add(item);
        }
    }

    private static DatasetItem WithClassIds(ImportedPicture picture, Dictionary<string, int> ids) =>
        picture.Item with
        {
            Annotations =
            [
                .. picture.Item.Annotations.Select(one =>
                    one with
                    {
                        CategoryId = ids[picture.Labels[one.CategoryId]] + 1,
                    }
                ),
            ],
        };

    private void RequireParts()
    {
        bool holdsOut = _options.ValidationEvery > 0 || _options.ValidationCameras.Count > 0;
        if (!_items.Exists(item => item.Part == DatasetPart.Train))
        {
            throw new InvalidDatasetException(
                $"no picture is left to train on: all are held out or within {_options.GapSeconds} s of one that is; shorter blocks (--block, now {_options.BlockSeconds} s) or a shorter gap (--gap) help"
            );
        }

        if (holdsOut && !_items.Exists(item => item.Part == DatasetPart.Validation))
        {
            throw new InvalidDatasetException(
                $"no picture is held out: the footage is shorter than {_options.ValidationEvery} blocks of {_options.BlockSeconds} s; shorter blocks (--block) help, and --validation-every 0 holds out none"
            );
        }
    }

    private DatasetManifest Describe(IReadOnlyList<DatasetPack> packs, string[] labels)
    {
        // Parts are filled in when they are written.
        var none = new DatasetPartFile("", "", 0, 0);
        return new DatasetManifest
        {
            MadeBy = "build",
            Parent = basis?.Sha256,
            Classes = labels,
            Split = _options,
            Packs =
            [
                .. (basis?.Manifest.Packs ?? [])
                    .Concat(packs)
                    .OrderBy(pack => pack.PackSha256, StringComparer.Ordinal),
            ],
            Train = none,
            Validation = none,
        };
    }
}
