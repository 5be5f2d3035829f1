using System.Globalization;
using System.Text.RegularExpressions;
using AsffEdge.Trainer.Checkpoints;

namespace AsffEdge.Detection.Tests;

/// <summary>
/// Suppression gives what the ASFF authors' program gave: from the decoded predictions <c>output/S</c> of each golden file to its
/// <c>detections/S/confC/nmsT</c>. The folder is tests/golden/network, or what ASFF_GOLDEN_NETWORK names.
/// </summary>
public sealed partial class GoldenSuppressionTests
{
    private static readonly string Folder = Environment.GetEnvironmentVariable(
        "ASFF_GOLDEN_NETWORK"
    )
        is { Length: > 0 } folder
        ? folder
        : Path.Combine(AppContext.BaseDirectory, "golden", "network");

    public static TheoryData<string> Files =>
        [
            .. Directory
                .GetFiles(Folder, "*.expected.safetensors")
                .Select(path => Path.GetFileName(path)!)
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Suppression_gives_the_golden_detections(string file)
    {
        SafetensorsFile golden = SafetensorsFile.Read(Path.Combine(Folder, file));
        int checkedSizes = 0;
        foreach (string name in golden.Names)
        {
            Match match = DetectionsName().Match(name);
            if (!match.Success)
            {
                continue;
            }

            checkedSizes++;
            DetectedObject[] objects = Confident(
                golden[$"output/{match.Groups["size"]}"],
                Number(match, "score")
            );
            int kept = NonMaximumSuppression.Suppress(objects, Number(match, "nms"));

            // The golden rows come class by class, the best first within each.
            float[] rows =
            [
                .. objects[..kept]
                    .OrderBy(found => found.ClassId)
                    .SelectMany(found =>
                        (float[])
                            [
                                found.Box.Left,
                                found.Box.Top,
                                found.Box.Right,
                                found.Box.Bottom,
                                found.Objectness,
                                found.ClassScore,
                                found.ClassId,
                            ]
                    ),
            ];
            Assert.Equal(golden[name].Values, rows);
        }

        Assert.True(checkedSizes > 0, $"{file} holds no detections");
    }

    private static DetectedObject[] Confident(SafeTensor predictions, float threshold)
    {
        int values = (int)predictions.Shape[^1];
        return
        [
            .. predictions
                .Values.Chunk(values)
                .Select(row =>
                {
                    var box = new Box(
                        row[0] - (row[2] / 2),
                        row[1] - (row[3] / 2),
                        row[0] + (row[2] / 2),
                        row[1] + (row[3] / 2)
                    );
                    float best = row[5..].Max();
                    return new DetectedObject(box, row[4], best, row.AsSpan(5).IndexOf(best), 0);
                })
                .Where(found => found.Score >= threshold),
        ];
    }

    private static float Number(Match match, string group) =>
        float.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^detections/(?<size>\d+)/conf(?<score>[\d.]+)/nms(?<nms>[\d.]+)$")]
    private static partial Regex DetectionsName();
}
