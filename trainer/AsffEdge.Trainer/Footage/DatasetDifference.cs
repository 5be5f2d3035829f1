using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Trainer.Checkpoints;

namespace AsffEdge.Trainer.Footage;

/// <summary>What differs between two versions of a data set.</summary>
/// <param name="Before">Manifest hash of the first.</param>
/// <param name="After">Manifest hash of the second.</param>
/// <param name="ImagesAdded">Pictures that only the second has.</param>
/// <param name="ImagesRemoved">Pictures that only the first has.</param>
/// <param name="ImagesMoved">Pictures that are in another part.</param>
/// <param name="ImagesRelabelled">Pictures of both whose objects differ.</param>
/// <param name="Classes">By class name, both data sets' classes.</param>
internal sealed record DatasetDifference(
    string Before,
    string After,
    int ImagesAdded,
    int ImagesRemoved,
    int ImagesMoved,
    int ImagesRelabelled,
    IReadOnlyList<ClassDifference> Classes
)
{
    /// <summary>Compares two versions; pictures are the same by name, objects by place.</summary>
    public static DatasetDifference Of(DatasetFolder before, DatasetFolder after)
    {
        string[] labels = [.. before.Manifest.Classes.Union(after.Manifest.Classes)];
        Dictionary<string, DatasetItem> old = ByName(before, labels);
        Dictionary<string, DatasetItem> now = ByName(after, labels);
        var counts = labels.ToDictionary(label => label, label => new int[4]);
        (int moved, int relabelled) = (0, 0);
        foreach (string name in old.Keys.Union(now.Keys))
        {
            DatasetItem? one = old.GetValueOrDefault(name);
            DatasetItem? other = now.GetValueOrDefault(name);
            moved += one is not null && other is not null && one.Part != other.Part ? 1 : 0;
            bool differs = false;
            foreach (
                BoxPair pair in BoxMatcher.Pair(one?.Annotations ?? [], other?.Annotations ?? [])
            )
            {
                string label = labels[(pair.After ?? pair.Before)!.CategoryId - 1];
                int kind =
                    pair.Before is null ? 0
                    : pair.After is null ? 1
                    : pair.IsSame ? 3
                    : 2;
                counts[label][kind]++;
                differs |= kind != 3;
            }

            relabelled += differs && one is not null && other is not null ? 1 : 0;
        }

        return new DatasetDifference(
            before.Sha256,
            after.Sha256,
            now.Keys.Except(old.Keys).Count(),
            old.Keys.Except(now.Keys).Count(),
            moved,
            relabelled,
            [
                .. labels.Select(label => new ClassDifference(
                    label,
                    counts[label][0],
                    counts[label][1],
                    counts[label][2],
                    counts[label][3]
                )),
            ]
        );
    }

    /// <summary>Writes JSON, replacing the file in one step.</summary>
    public void Write(string path) =>
        AtomicFile.Write(
            path,
            stream =>
                JsonSerializer.Serialize(stream, this, DifferenceJson.Default.DatasetDifference)
        );

    // Class ids of both versions in terms of the common labels.
    private static Dictionary<string, DatasetItem> ByName(DatasetFolder folder, string[] labels)
    {
        int[] ids = [.. folder.Manifest.Classes.Select(label => Array.IndexOf(labels, label) + 1)];
        return folder.Items.ToDictionary(
            item => item.Image.FileName,
            item =>
                item with
                {
                    Annotations =
                    [
                        .. item.Annotations.Select(one =>
                            one with
                            {
                                CategoryId = ids[one.CategoryId - 1],
                            }
                        ),
                    ],
                }
        );
    }
}

/// <summary>What became of the objects of a class; one whose class has changed counts for its new class.</summary>
/// <param name="Name">The class.</param>
/// <param name="Added">Objects that only the second version has.</param>
/// <param name="Removed">Objects that only the first has.</param>
/// <param name="Changed">Objects that were moved or got this class.</param>
/// <param name="Same">Objects as they were.</param>
internal sealed record ClassDifference(string Name, int Added, int Removed, int Changed, int Same);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(DatasetDifference))]
internal sealed partial class DifferenceJson : JsonSerializerContext;
