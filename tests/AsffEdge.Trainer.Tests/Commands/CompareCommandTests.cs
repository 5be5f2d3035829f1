using System.Text.Json.Nodes;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Tests.Commands;

[Trait("Category", "Slow")]
public sealed class CompareCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CompareCommandTests()
    {
        using NetworkState state = TinyNetwork.Eager();
        OnnxExporter.Export(At("tiny.onnx"), state, TinyNetwork.Describe(), half: false);
        OnnxExporter.Export(
            At("cars.onnx"),
            state,
            TinyNetwork.Describe() with
            {
                Labels = ["car"],
            },
            half: false
        );
        RectangleDataset.WriteFiles(_folder.Path, 6);
        string json = File.ReadAllText(At("data.json"));
        File.WriteAllText(At("data.json"), json.Replace("rectangle", "person"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_is_equal_to_itself_and_everything_is_written()
    {
        (int code, string output, string errors) = Compare(
            "tiny.onnx",
            ["--sizes", "320", "352", "--draws", "100"],
            ["--json", At("r.json"), "--page", At("r.html"), "--plot", At("r.png")]
        );

        Assert.Equal((3, ""), (code, errors));
        Assert.Contains("tiny 0.0.1 is equal to tiny 0.0.1", output, StringComparison.Ordinal);
        Assert.All(
            output.Split('\n').Where(line => !line.Contains(_folder.Path)),
            line => Assert.InRange(line.Length, 0, 100)
        );
        JsonNode report = JsonNode.Parse(File.ReadAllText(At("r.json")))!;
        Assert.Equal("equal", report["verdict"]!.GetValue<string>());
        Assert.Equal(6, report["images"]!.GetValue<int>());
        Assert.Equal(2, report["speeds"]!.AsArray().Count);
        Assert.All(
            report["speeds"]!.AsArray(),
            speed => Assert.True(speed!["old_median_ms"]!.GetValue<double>() > 0)
        );
        string page = File.ReadAllText(At("r.html"));
        Assert.EndsWith("</html>", page.TrimEnd(), StringComparison.Ordinal);
        // Nothing on the page comes from outside of it.
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P'], File.ReadAllBytes(At("r.png"))[..2]);
    }

    [Fact]
    public void A_model_for_other_classes_is_refused()
    {
        (int code, _, string errors) = Compare("cars.onnx", [], []);

        Assert.Equal(2, code);
        Assert.Contains("cars.onnx: is a model for car;", errors, StringComparison.Ordinal);
        Assert.Contains("is for person", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--draws", "5", "--draws is 5; allowed: 100 to 1000000")]
    [InlineData("--sizes", "333", "size is 333; allowed: multiples of 32")]
    [InlineData("--together", "0", "--together is 0; allowed: 1 and above")]
    [InlineData("--page", "/nowhere/r.html", "there is no such folder")]
    public void Wrong_options_are_refused_before_the_work(
        string option,
        string value,
        string message
    )
    {
        (int code, _, string errors) = Compare("tiny.onnx", [option, value], []);

        Assert.Equal(2, code);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    /// <summary>One block of pictures would give an interval of no width, and chance a better model.</summary>
    [Theory]
    [InlineData("2", 3)]
    [InlineData("6", 1)]
    [InlineData("2147483647", 1)]
    public void Too_few_to_draw_from_are_refused(string together, int drawn)
    {
        (int code, _, string errors) = Compare(
            "tiny.onnx",
            ["--sizes", "320", "--together", together],
            []
        );

        Assert.Equal(2, code);
        Assert.Contains(
            $"data.json: 6 images, {together} drawn together (--together), are {drawn} to draw from; allowed: at least 5",
            errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_truth_without_objects_is_refused()
    {
        JsonNode truth = JsonNode.Parse(File.ReadAllText(At("data.json")))!;
        foreach (JsonNode? one in truth["annotations"]!.AsArray())
        {
            one!["iscrowd"] = 1;
        }

        File.WriteAllText(At("data.json"), truth.ToJsonString());

        (int code, _, string errors) = Compare("tiny.onnx", ["--sizes", "320"], []);

        Assert.Equal(2, code);
        Assert.Contains("data.json: holds no objects that count", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truth_that_is_not_there_is_named()
    {
        (int code, _, string errors) = CommandLine.Invoke(
            CompareCommand.Create(),
            [At("tiny.onnx"), At("tiny.onnx"), "--data", At("gone.json")]
        );

        Assert.Equal(2, code);
        Assert.Contains("gone.json: there is no such file", errors, StringComparison.Ordinal);
    }

    private (int Code, string Output, string Errors) Compare(
        string next,
        string[] options,
        string[] outputs
    ) =>
        CommandLine.Invoke(
            CompareCommand.Create(),
            [
                At("tiny.onnx"),
                At(next),
                "--data",
                At("data.json"),
                "--images",
                At("pictures"),
                .. options,
                .. outputs,
            ]
        );

    private string At(string name) => Path.Combine(_folder.Path, name);
}
