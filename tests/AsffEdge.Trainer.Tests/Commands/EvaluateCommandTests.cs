using System.CommandLine;
using System.Text.Json.Nodes;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>The command as a user runs it, on a checkpoint and the ONNX file made of it; the boxes to find are what the network finds.</summary>
[Trait("Category", "Slow")]
public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public EvaluateCommandTests()
    {
        using NetworkState state = TinyNetwork.Eager();
        Checkpoint.Save(At("c.safetensors"), state, TinyNetwork.Describe());
        _folder.WriteImage("a.png", 320, 240, new Scalar(10, 200, 30));
        _folder.WriteImage("b.png", 200, 100, new Scalar(90, 20, 230));
        _folder.Write(
            "labels.json",
            """
            {"images": [{"id": 10, "file_name": "a.png", "width": 320, "height": 240},
                        {"id": 20, "file_name": "b.png", "width": 200, "height": 100}],
             "categories": [{"id": 17, "name": "person"}],
             "annotations": [
               {"id": 1, "image_id": 10, "category_id": 17, "bbox": [100, 80, 100, 100]},
               {"id": 2, "image_id": 20, "category_id": 17, "bbox": [20, 20, 50, 60]}]}
            """
        );
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Shows_all_sizes_in_one_table_and_writes_figures_and_detections()
    {
        (int code, string output, string errors) = Evaluate(
            "c.safetensors",
            ["--data", At("labels.json"), "--images", _folder.Path],
            ["--sizes", "320", "352", "--per-class"],
            ["--json", At("report.json"), "--results", At("found.json")]
        );

        Assert.Equal((0, ""), (code, errors));
        string[] lines = output.Split('\n');
        Assert.All(
            lines.Where(line => !line.Contains(_folder.Path)),
            line => Assert.InRange(line.Length, 0, 100)
        );
        string heading = Assert.Single(lines, line => line.Contains("AR100"));
        Assert.Matches(
            @"size +AP +AP50 +AP75 +APs +APm +APl +AR1 +AR10 +AR100 +ARs +ARm +ARl +VOC +VOC07 +P +R +score",
            heading
        );
        Assert.Single(lines, line => line.TrimStart().StartsWith("352 ", StringComparison.Ordinal));
        Assert.Equal(
            2,
            lines.Count(line => line.TrimStart().StartsWith("person", StringComparison.Ordinal))
        );

        JsonNode report = JsonNode.Parse(File.ReadAllText(At("report.json")))!;
        Assert.Equal(2, report["images"]!.GetValue<int>());
        Assert.Equal(
            [320, 352],
            report["sizes"]!.AsArray().Select(size => size!["size"]!.GetValue<int>())
        );
        // What the server would compute from the file is what was shown.
        using LabelledDataset dataset = LabelledDataset.Open(At("labels.json"), _folder.Path);
        JsonArray rows = JsonNode.Parse(File.ReadAllText(At("found-352.json")))!.AsArray();
        Assert.All(rows, row => Assert.Equal(17, row!["category_id"]!.GetValue<int>()));
        Assert.All(
            rows.GroupBy(row => row!["image_id"]!.GetValue<long>()),
            image => Assert.InRange(image.Count(), 1, 100)
        );
        CocoResult again = CocoEvaluator.Evaluate(
            [.. dataset.Annotations.Objects],
            [.. rows.Select(row => Read(row!))],
            1
        );
        JsonNode shown = report["sizes"]![1]!["coco"]!;
        Assert.Equal(shown["AR100"]!.GetValue<double>(), again.AR100, 1e-6);
        Assert.Equal(shown["AP50"]!.GetValue<double>(), again.AP50, 1e-6);
        Assert.True(File.Exists(At("found-320.json")));
    }

    [Fact]
    public void An_onnx_file_finds_what_its_checkpoint_does()
    {
        using var silent = new StringWriter();
        Assert.Equal(
            0,
            ExportCommand
                .Create()
                .Parse([At("c.safetensors"), "--out", At("m.onnx")])
                .Invoke(new InvocationConfiguration { Output = silent })
        );
        ScoredBox[][] found =
        [
            .. ((string[])["c.safetensors", "m.onnx"]).Select(model =>
            {
                Assert.Equal(
                    (0, ""),
                    Evaluate(
                        model,
                        ["--data", At("labels.json"), "--images", _folder.Path],
                        ["--sizes", "320", "--results", At("found.json")]
                    )
                        is var (code, _, errors)
                        ? (code, errors)
                        : default
                );
                return JsonNode
                    .Parse(File.ReadAllText(At("found.json")))!
                    .AsArray()
                    .Select(row => Read(row!))
                    .ToArray();
            }),
        ];

        Assert.NotEmpty(found[0]);
        // Rounding may swap neighbours that score alike, but not move what is found.
        Assert.Equal(found[0].Length, found[1].Length);
        double common = found[0]
            .Count(one =>
                found[1]
                    .Any(other =>
                        other.ImageId == one.ImageId
                        && Math.Abs(other.Left - one.Left) < 0.1
                        && Math.Abs(other.Width - one.Width) < 0.1
                        && Math.Abs(other.Score - one.Score) < 1e-3
                    )
            );
        Assert.InRange(common / found[0].Length, 0.95, 1);
    }

    [Fact]
    public void Takes_voc_and_yolo_and_finds_the_same()
    {
        foreach (string folder in (string[])["Annotations", "JPEGImages", "labels", "images"])
        {
            Directory.CreateDirectory(At(folder));
        }

        foreach (string name in (string[])["a.png", "b.png"])
        {
            File.Copy(At(name), At($"JPEGImages/{name}"));
            File.Copy(At(name), At($"images/{name}"));
        }

        _folder.Write(
            "Annotations/a.xml",
            "<annotation><filename>a.png</filename><size><width>320</width><height>240</height></size><object><name>person</name><bndbox><xmin>101</xmin><ymin>81</ymin><xmax>200</xmax><ymax>180</ymax></bndbox></object></annotation>"
        );
        _folder.Write(
            "Annotations/b.xml",
            "<annotation><filename>b.png</filename><size><width>200</width><height>100</height></size><object><name>person</name><bndbox><xmin>21</xmin><ymin>21</ymin><xmax>70</xmax><ymax>80</ymax></bndbox></object></annotation>"
        );
        _folder.Write("labels/a.txt", "0 0.46875 0.5416666666666666 0.3125 0.4166666666666667");
        _folder.Write("labels/b.txt", "0 0.225 0.5 0.25 0.6");
        string[][] sources =
        [
            ["--data", At("labels.json"), "--images", _folder.Path],
            ["--data", _folder.Path, "--format", "voc"],
            ["--data", _folder.Path, "--format", "yolo"],
        ];

        string[] figures =
        [
            .. sources.Select(source =>
            {
                (int code, _, string errors) = Evaluate(
                    "c.safetensors",
                    source,
                    ["--sizes", "320", "--json", At("report.json")]
                );
                Assert.Equal((0, ""), (code, errors));
                return File.ReadAllText(At("report.json"));
            }),
        ];

        Assert.Equal(figures[0], figures[1]);
        Assert.Equal(figures[0], figures[2]);
    }

    [Fact]
    public void Mistakes_are_named_before_anything_is_evaluated()
    {
        (string[] Arguments, string Words)[] cases =
        [
            (["--sizes", "330"], "size is 330; allowed: multiples of 32 from 320 to 800"),
            (["--nms", "1.5"], "--nms is 1.5; allowed: 0 to 1"),
            (["--every", "0"], "--every is 0; allowed: 1 and above"),
            (["--json", At("gone/report.json")], "there is no such folder"),
            (["--results", At("gone/found.json")], "there is no such folder"),
            (["--format", "yolo"], "labels.json: no such folder"),
        ];
        foreach ((string[] arguments, string words) in cases)
        {
            (int code, _, string errors) = Evaluate(
                "c.safetensors",
                ["--data", At("labels.json"), "--images", _folder.Path],
                arguments
            );
            Assert.True(code == 2, $"{words}: exit code {code}");
            Assert.Contains(words, errors, StringComparison.Ordinal);
        }

        _folder.Write("labels.json", "{\n\"images\": [\n");
        (int broken, _, string message) = Evaluate(
            "c.safetensors",
            ["--data", At("labels.json"), "--images", _folder.Path]
        );
        Assert.Equal(2, broken);
        Assert.Contains("labels.json:3: not COCO annotations", message, StringComparison.Ordinal);
    }

    private static ScoredBox Read(JsonNode row)
    {
        double[] box = [.. row["bbox"]!.AsArray().Select(value => value!.GetValue<double>())];
        return new ScoredBox(
            row["image_id"]!.GetValue<long>(),
            0,
            box[0],
            box[1],
            box[2],
            box[3],
            row["score"]!.GetValue<double>()
        );
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private (int Code, string Output, string Errors) Evaluate(
        string model,
        params string[][] arguments
    )
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = EvaluateCommand
            .Create()
            .Parse([At(model), .. arguments.SelectMany(part => part)])
            .Invoke(new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
