using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Trainer.Checkpoints;

namespace AsffEdge.Trainer.Evaluation;

/// <summary>An evaluation for programs to read. Figures are 0..1, and null where there was nothing to measure on.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Images">Pictures that were looked at.</param>
/// <param name="ScoreFloor">Least score of a detection.</param>
/// <param name="NmsThreshold">Greatest IoU between two detections of a class.</param>
/// <param name="Sizes">One entry an input size.</param>
public sealed record EvaluationReport(
    string Model,
    string Version,
    int Images,
    float ScoreFloor,
    float NmsThreshold,
    IReadOnlyList<SizeReport> Sizes
)
{
    /// <summary>Writes JSON, replacing the file in one step.</summary>
    public void Write(string path) =>
        AtomicFile.Write(
            path,
            stream => JsonSerializer.Serialize(stream, this, ReportJson.Default.EvaluationReport)
        );
}

/// <summary>What came out at one input size.</summary>
/// <param name="Size">Pixels.</param>
/// <param name="Coco">COCO's twelve numbers by their usual names: AP, AP50, AP75, APs, APm, APl, AR1, AR10, AR100, ARs, ARm, ARl.</param>
/// <param name="VocAp50">VOC's AP at IoU 0.5, area under the curve.</param>
/// <param name="VocAp50ElevenPoints">VOC's AP at IoU 0.5 over 11 recalls.</param>
/// <param name="OperatingPoint">Where the harmonic mean of precision and recall at IoU 0.5 is greatest.</param>
/// <param name="Classes">One entry a class.</param>
public sealed record SizeReport(
    int Size,
    IReadOnlyDictionary<string, double?> Coco,
    double? VocAp50,
    double? VocAp50ElevenPoints,
    OperatingPoint? OperatingPoint,
    IReadOnlyList<ClassReport> Classes
)
{
    /// <summary>Takes the figures of an evaluation.</summary>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="labels">Class names by class id.</param>
    public static SizeReport From(ModelEvaluation evaluation, IReadOnlyList<string> labels) =>
        new(
            evaluation.Size,
            evaluation.Coco.Numbers.ToDictionary(
                number => number.Name,
                number => Measured(number.Value)
            ),
            Measured(evaluation.Voc.AP50),
            Measured(evaluation.Voc.AP50ElevenPoints),
            evaluation.Coco.BestPoint(),
            [
                .. labels.Select(
                    (name, classId) =>
                    {
                        ClassResult coco = evaluation.Coco.Classes[classId];
                        VocClassResult voc = evaluation.Voc.Classes[classId];
                        return new ClassReport(
                            name,
                            coco.Objects,
                            coco.AP,
                            coco.AP50,
                            voc.AP50,
                            voc.AP50ElevenPoints,
                            coco.Curve?.Best()
                        );
                    }
                ),
            ]
        );

    private static double? Measured(double value) => value < 0 ? null : value;
}

/// <summary>What came out for one class.</summary>
/// <param name="Name">The class.</param>
/// <param name="Objects">Objects that count.</param>
/// <param name="Ap">COCO's AP.</param>
/// <param name="Ap50">COCO's AP at IoU 0.5.</param>
/// <param name="VocAp50">VOC's AP at IoU 0.5, area under the curve.</param>
/// <param name="VocAp50ElevenPoints">VOC's AP at IoU 0.5 over 11 recalls.</param>
/// <param name="OperatingPoint">Where the harmonic mean of precision and recall at IoU 0.5 is greatest.</param>
public sealed record ClassReport(
    string Name,
    int Objects,
    double? Ap,
    double? Ap50,
    double? VocAp50,
    double? VocAp50ElevenPoints,
    OperatingPoint? OperatingPoint
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true
)]
[JsonSerializable(typeof(EvaluationReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
