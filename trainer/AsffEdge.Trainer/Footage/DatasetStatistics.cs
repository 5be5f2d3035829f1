using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Trainer.Checkpoints;

namespace AsffEdge.Trainer.Footage;

/// <summary>What a data set holds.</summary>
/// <param name="Manifest">Its manifest hash.</param>
/// <param name="Classes">Objects by class, and by size as COCO parts them.</param>
/// <param name="Cameras">Pictures and objects by camera.</param>
/// <param name="Hours">Pictures and objects by hour of the day, UTC; 24 entries.</param>
/// <param name="Policies">Pictures by what chose them.</param>
/// <param name="Sources">Objects by what found them, and pictures that a person has corrected.</param>
internal sealed record DatasetStatistics(
    string Manifest,
    IReadOnlyList<ClassStatistics> Classes,
    IReadOnlyList<CameraStatistics> Cameras,
    IReadOnlyList<HourStatistics> Hours,
    IReadOnlyDictionary<string, int> Policies,
    SourceStatistics Sources
)
{
    private const double Small = 32 * 32;
    private const double Large = 96 * 96;

    /// <summary>Counts.</summary>
    public static DatasetStatistics Of(DatasetFolder dataset)
    {
        IReadOnlyList<DatasetItem> items = dataset.Items;
        FootageAnnotation[] objects = [.. items.SelectMany(item => item.Annotations)];
        ILookup<int, FootageAnnotation> byClass = objects.ToLookup(one => one.CategoryId);
        ILookup<int, DatasetItem> byHour = items.ToLookup(item => item.Image.DateCaptured.Hour);
        return new DatasetStatistics(
            dataset.Sha256,
            [
                .. dataset.Manifest.Classes.Select(
                    (name, classId) => CountSizes(name, [.. byClass[classId + 1]])
                ),
            ],
            [
                .. items
                    .GroupBy(item => item.Image.Camera)
                    .OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => new CameraStatistics(
                        group.Key,
                        group.Count(item => item.Part == DatasetPart.Train),
                        group.Count(item => item.Part == DatasetPart.Validation),
                        group.Sum(item => item.Annotations.Count),
                        group.Min(item => item.Image.DateCaptured),
                        group.Max(item => item.Image.DateCaptured)
                    )),
            ],
            [
                .. Enumerable
                    .Range(0, 24)
                    .Select(hour => new HourStatistics(
                        hour,
                        byHour[hour].Count(),
                        byHour[hour].Sum(item => item.Annotations.Count)
                    )),
            ],
            items
                .CountBy(item => item.Image.Policy)
                .OrderByDescending(pair => pair.Value)
                .ToDictionary(),
            new SourceStatistics(
                objects.Count(one => one.Source == FootageAnnotation.Model),
                objects.Count(one => one.Source == FootageAnnotation.Teacher),
                objects.Count(one => one.Source == FootageAnnotation.Human),
                items.Count(item => item.Image.Reviewed)
            )
        );
    }

    /// <summary>Writes JSON, replacing the file in one step.</summary>
    public void Write(string path) =>
        AtomicFile.Write(
            path,
            stream =>
                JsonSerializer.Serialize(stream, this, StatisticsJson.Default.DatasetStatistics)
        );

    private static ClassStatistics CountSizes(string name, FootageAnnotation[] objects) =>
        new(
            name,
            objects.Length,
            objects.Count(one => one.Area < Small),
            objects.Count(one => one.Area is >= Small and <= Large),
            objects.Count(one => one.Area > Large)
        );
}

/// <param name="Name">The class.</param>
/// <param name="Objects">All.</param>
/// <param name="Small">Under 32² pixels.</param>
/// <param name="Medium">Up to 96².</param>
/// <param name="Large">Above.</param>
internal sealed record ClassStatistics(string Name, int Objects, int Small, int Medium, int Large);

/// <param name="Camera"><c>agent/camera</c>.</param>
/// <param name="Train">Pictures to train on.</param>
/// <param name="Validation">Pictures held out.</param>
/// <param name="Objects">Objects in both.</param>
/// <param name="From">First picture, UTC.</param>
/// <param name="To">Last picture, UTC.</param>
internal sealed record CameraStatistics(
    string Camera,
    int Train,
    int Validation,
    int Objects,
    DateTime From,
    DateTime To
);

/// <param name="Hour">0 to 23, UTC.</param>
/// <param name="Images">Pictures.</param>
/// <param name="Objects">Objects in them.</param>
internal sealed record HourStatistics(int Hour, int Images, int Objects);

/// <param name="Model">Objects that the devices' models found.</param>
/// <param name="Teacher">Objects that a teacher found.</param>
/// <param name="Human">Objects of a person.</param>
/// <param name="ReviewedImages">Pictures that a person has corrected.</param>
internal sealed record SourceStatistics(int Model, int Teacher, int Human, int ReviewedImages);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(DatasetStatistics))]
internal sealed partial class StatisticsJson : JsonSerializerContext;
