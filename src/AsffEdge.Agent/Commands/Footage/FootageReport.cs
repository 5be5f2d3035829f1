using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Agent.Footage;

namespace AsffEdge.Agent.Commands;

/// <summary>A camera's day in <c>asff-edge footage list</c>.</summary>
/// <param name="Camera">The camera's id.</param>
/// <param name="Day">The day, UTC.</param>
/// <param name="Pictures">Pictures.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Policies">How many each policy chose.</param>
internal sealed record FootageDayReport(
    string Camera,
    DateOnly Day,
    int Pictures,
    long Bytes,
    SortedDictionary<string, int> Policies
)
{
    /// <summary>Looks at a day.</summary>
    public static FootageDayReport Of(FootageDay day)
    {
        IReadOnlyList<StoredFrame> frames = day.Frames();
        return new FootageDayReport(
            day.Camera,
            day.Date,
            frames.Count,
            frames.Sum(frame => frame.Entry.Size),
            new SortedDictionary<string, int>(
                frames.CountBy(frame => frame.Entry.Policy).ToDictionary(StringComparer.Ordinal),
                StringComparer.Ordinal
            )
        );
    }
}

/// <summary>What <c>asff-edge footage size</c> says.</summary>
/// <param name="Pictures">Pictures.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="MaxBytes">What they may take.</param>
/// <param name="BytesToday">Bytes of today's pictures, UTC.</param>
/// <param name="BytesPerDay">What a day's may take.</param>
/// <param name="Oldest">Capture time of the oldest, UTC.</param>
/// <param name="Newest">Capture time of the newest, UTC.</param>
internal sealed record FootageSizeReport(
    int Pictures,
    long Bytes,
    long MaxBytes,
    long BytesToday,
    long BytesPerDay,
    DateTime? Oldest,
    DateTime? Newest
);

/// <summary>What <c>asff-edge footage purge</c> did.</summary>
/// <param name="Pictures">Pictures removed.</param>
/// <param name="Bytes">Their bytes.</param>
internal sealed record FootagePurgeReport(int Pictures, long Bytes);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true
)]
[JsonSerializable(typeof(FootageDayReport[]))]
[JsonSerializable(typeof(FootageSizeReport))]
[JsonSerializable(typeof(FootagePurgeReport))]
[JsonSerializable(typeof(PackResult))]
internal sealed partial class FootageReportJson : JsonSerializerContext;
