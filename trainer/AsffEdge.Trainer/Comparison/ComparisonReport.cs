using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Footage;

namespace AsffEdge.Trainer.Comparison;

/// <summary>A comparison of two models as JSON.</summary>
/// <param name="Verdict"><c>better</c>, <c>equal</c> or <c>worse</c>.</param>
/// <param name="Rule">What makes it so.</param>
/// <param name="Old">The old model.</param>
/// <param name="New">The new model.</param>
/// <param name="Images">Pictures that both were run on.</param>
/// <param name="Draws">Draws of the bootstrap.</param>
/// <param name="Together">Neighbouring pictures that were drawn together.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Figures">Figures of AP, 0..1; the first decides.</param>
/// <param name="Speeds">Times by input size.</param>
/// <param name="ChangesAt">The input size at which the changes are counted.</param>
/// <param name="Changes">What changed.</param>
internal sealed record ComparisonReport(
    string Verdict,
    string Rule,
    FootageModel Old,
    FootageModel New,
    int Images,
    int Draws,
    int Together,
    int Seed,
    IReadOnlyList<ComparedFigure> Figures,
    IReadOnlyList<ComparedSpeed> Speeds,
    int ChangesAt,
    ChangeCounts Changes
)
{
    /// <summary>Writes JSON, replacing the file in one step.</summary>
    public void Write(string path) =>
        AtomicFile.Write(
            path,
            stream =>
                JsonSerializer.Serialize(stream, this, ComparisonJson.Default.ComparisonReport)
        );
}

/// <summary>Times of a picture at one input size, milliseconds.</summary>
internal sealed record ComparedSpeed(
    int Size,
    double OldMedianMs,
    double OldP95Ms,
    double NewMedianMs,
    double NewP95Ms
);

/// <summary>What changed at each model's own threshold.</summary>
internal sealed record ChangeCounts(int FoundNow, int LostNow, int FalseNow, int FalseGone);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(ComparisonReport))]
internal sealed partial class ComparisonJson : JsonSerializerContext;
