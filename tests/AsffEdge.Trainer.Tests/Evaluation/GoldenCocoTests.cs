using System.Text.Json.Nodes;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Tests.Evaluation;

/// <summary>
/// The numbers of the reference evaluator. Each folder under tests/golden/coco, or under what ASFF_GOLDEN_COCO names, holds
/// ground_truth.json, detections.json and expected.json.
/// </summary>
public sealed class GoldenCocoTests
{
    private const double Tolerance = 1e-9;

    private static string Folder =>
        Environment.GetEnvironmentVariable("ASFF_GOLDEN_COCO") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Repository.Root, "tests", "golden", "coco");

    public static TheoryData<string> Cases() =>
        [
            .. Directory
                .EnumerateDirectories(Folder)
                .Select(folder => Path.GetFileName(folder))
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Equals_the_reference_evaluator(string name)
    {
        var problems = new DatasetProblems();
        string file = Path.Combine(Folder, name, "ground_truth.json");
        AnnotationSet annotations = CocoReader.Read(file, null, problems);
        problems.ThrowIfAny(file);
        JsonNode expected = Read(name, "expected.json");

        CocoResult result = CocoEvaluator.Evaluate(
            annotations.Objects,
            Detections(name, annotations),
            annotations.Labels.Count
        );

        Dictionary<string, double> actual = result.Numbers.ToDictionary(
            number => number.Name,
            number => number.Value
        );
        JsonObject stats = expected["stats"]!.AsObject();
        Assert.Equal(actual.Keys.Order(), stats.Select(number => number.Key).Order());
        foreach ((string key, JsonNode? value) in stats)
        {
            Assert.True(
                Math.Abs(value!.GetValue<double>() - actual[key]) <= Tolerance,
                $"{key}: expected {value}, got {actual[key]:R}"
            );
        }

        JsonObject classes = expected["per_class_AP"]!.AsObject();
        Assert.Equal(annotations.Labels.Order(), classes.Select(number => number.Key).Order());
        for (int classId = 0; classId < annotations.Labels.Count; classId++)
        {
            double? wanted = classes[annotations.Labels[classId]]?.GetValue<double>();
            double? got = result.Classes[classId].AP;
            Assert.True(
                wanted is null
                    ? got is null
                    : Math.Abs(wanted.Value - got ?? double.NaN) <= Tolerance,
                $"{annotations.Labels[classId]}: expected {wanted}, got {got:R}"
            );
        }
    }

    private static IReadOnlyList<ScoredBox> Detections(string name, AnnotationSet annotations)
    {
        return
        [
            .. Read(name, "detections.json")
                .AsArray()
                .Select(row =>
                {
                    double[] box =
                    [
                        .. row!["bbox"]!.AsArray().Select(value => value!.GetValue<double>()),
                    ];
                    int classId = annotations
                        .CategoryIds.ToList()
                        .IndexOf(row["category_id"]!.GetValue<int>());
                    return new ScoredBox(
                        row["image_id"]!.GetValue<long>(),
                        classId,
                        box[0],
                        box[1],
                        box[2],
                        box[3],
                        row["score"]!.GetValue<double>()
                    );
                }),
        ];
    }

    private static JsonNode Read(string name, string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name, file)))!;
}
