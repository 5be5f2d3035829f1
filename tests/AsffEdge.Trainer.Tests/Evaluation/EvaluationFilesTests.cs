using System.Text.Json.Nodes;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Tests.Data;

namespace AsffEdge.Trainer.Tests.Evaluation;

public sealed class EvaluationFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Results_are_what_the_server_takes_with_the_files_own_ids()
    {
        var annotations = new AnnotationSet(["person", "cat", "dog"], [44, null, 3], [], []);
        ScoredBox[] detections =
        [
            new(900_000_000_007, 2, 1.5, 2.25, 10, 20.125, 0.875),
            new(900_000_000_007, 1, 1, 2, 3, 4, 0.5),
            new(7, 0, 0, 0, 5, 5, 0.1f),
        ];
        string file = Path.Combine(_folder.Path, "found.json");

        Assert.Equal(2, CocoResultsFile.Write(file, detections, annotations));

        Assert.Equal(
            """[{"image_id":900000000007,"category_id":3,"bbox":[1.5,2.25,10,20.125],"score":0.875},{"image_id":7,"category_id":44,"bbox":[0,0,5,5],"score":0.1}]""",
            File.ReadAllText(file)
        );
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Results_hold_the_hundred_best_of_a_picture()
    {
        var annotations = new AnnotationSet(["person"], [1], [], []);
        ScoredBox[] detections =
        [
            .. Enumerable
                .Range(0, 250)
                .Select(index => new ScoredBox(index / 125, 0, index, 0, 5, 5, 1 - index / 1000.0)),
        ];
        string file = Path.Combine(_folder.Path, "found.json");

        Assert.Equal(200, CocoResultsFile.Write(file, detections, annotations));

        JsonArray rows = JsonNode.Parse(File.ReadAllText(file))!.AsArray();
        Assert.Equal(
            Enumerable.Range(0, 100).Concat(Enumerable.Range(125, 100)).Select(left => (float)left),
            rows.Select(row => row!["bbox"]![0]!.GetValue<float>())
        );
    }

    [Fact]
    public void A_report_has_all_figures_and_null_where_nothing_was_measured()
    {
        GroundTruthBox[] truth =
        [
            new(1, 0, 0, 0, 10, 10, 100, false),
            new(1, 0, 50, 0, 10, 10, 100, false),
        ];
        ScoredBox[] detections = [new(1, 0, 0, 0, 10, 10, 0.75), new(1, 1, 0, 0, 10, 10, 0.5)];
        var evaluation = new ModelEvaluation(
            320,
            1,
            detections,
            CocoEvaluator.Evaluate(truth, detections, 2),
            VocEvaluator.Evaluate(truth, detections, 2)
        );
        string file = Path.Combine(_folder.Path, "report.json");

        new EvaluationReport(
            "tiny",
            "0.0.1",
            1,
            0.01f,
            0.6f,
            [SizeReport.From(evaluation, ["a", "b"])]
        ).Write(file);

        JsonNode report = JsonNode.Parse(File.ReadAllText(file))!;
        Assert.Equal(0.6f, report["nms_threshold"]!.GetValue<float>());
        JsonNode size = report["sizes"]![0]!;
        Assert.Equal(320, size["size"]!.GetValue<int>());
        JsonObject coco = size["coco"]!.AsObject();
        Assert.Equal(
            [
                "AP",
                "AP50",
                "AP75",
                "APs",
                "APm",
                "APl",
                "AR1",
                "AR10",
                "AR100",
                "ARs",
                "ARm",
                "ARl",
            ],
            coco.Select(number => number.Key)
        );
        Assert.Equal(51.0 / 101, coco["AP"]!.GetValue<double>(), 1e-12);
        Assert.Null(coco["APl"]);
        Assert.Equal(0.5, size["voc_ap50"]!.GetValue<double>());
        Assert.Equal(6.0 / 11, size["voc_ap50_eleven_points"]!.GetValue<double>(), 1e-12);
        Assert.Equal(0.75, size["operating_point"]!["score"]!.GetValue<double>());
        Assert.Equal("b", size["classes"]![1]!["name"]!.GetValue<string>());
        Assert.Equal(0, size["classes"]![1]!["objects"]!.GetValue<int>());
        Assert.Null(size["classes"]![1]!["ap"]);
    }
}
