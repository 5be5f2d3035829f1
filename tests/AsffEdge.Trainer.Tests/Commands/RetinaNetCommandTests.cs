using System.Text.Json;
using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Data;
using AsffEdge.Trainer.Tests.Visualization;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>Every command takes RetinaNet as it takes YOLOv3.</summary>
[Trait("Category", "Slow")]
public sealed class RetinaNetCommandTests : IDisposable
{
    private const int Size = 320;

    // 3² + 5² + 10² + 20² + 40² cells of nine predictions at 320.
    private const int Boxes = 9 * (9 + 25 + 100 + 400 + 1600);
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void It_is_trained_exported_and_evaluated()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        File.WriteAllText(
            At("training.yaml"),
            """
            model: { name: rectangles, version: 0.0.1, variant: retinanet_r50_asff, backbone_width: 0.1, neck_width: 0.1 }
            data: { train: data.json, images: pictures }
            augmentation: { mixup: false }
            epochs: 1
            batch_size: 2
            sizes: [320]
            """
        );
        Run(TrainCommand.Create(), "--config", At("training.yaml"), "--out", At("run"));
        string checkpoint = At("run/checkpoint.safetensors");
        CommandLine.Export(checkpoint, At("model.onnx"));
        foreach (string model in (string[])[checkpoint, At("model.onnx")])
        {
            string output = Run(
                EvaluateCommand.Create(),
                model,
                "--data",
                At("data.json"),
                "--images",
                At("pictures"),
                "--sizes",
                "320"
            );
            Assert.Contains("320", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false, 1e-4)]
    [InlineData(true, 2e-2)]
    public void Predictions_of_checkpoint_and_onnx_file_agree(bool half, double tolerance)
    {
        TinyRetinaNet.Save(At("c.safetensors"), FusionKind.Asff);
        CommandLine.Export(At("c.safetensors"), At("m.onnx"), half ? (string[])["--half"] : []);
        using (Mat picture = FusionProbeTests.Noise())
        {
            Cv2.ImWrite(At("p.png"), picture);
        }

        foreach (string model in (string[])["c.safetensors", "m.onnx"])
        {
            Run(
                PredictCommand.Create(),
                At(model),
                At("p.png"),
                "--size",
                "320",
                "--out",
                At($"{model}.out")
            );
        }

        SafeTensor fromCheckpoint = SafetensorsFile.Read(At("c.safetensors.out"))["predictions"];
        SafeTensor fromOnnx = SafetensorsFile.Read(At("m.onnx.out"))["predictions"];
        Assert.Equal([1, Boxes, 7], fromCheckpoint.Shape);
        Assert.Equal(fromCheckpoint.Shape, fromOnnx.Shape);
        Assert.InRange(
            Close.NormRelative(fromCheckpoint.Values, fromOnnx.Values),
            double.Epsilon,
            tolerance
        );
        // Boxes lie in the picture; there is no objectness.
        foreach (float[] row in fromOnnx.Values.Chunk(7))
        {
            Assert.InRange(row[0] - (row[2] / 2), -1e-3, Size);
            Assert.InRange(row[1] + (row[3] / 2), 0, Size + 1e-3);
            Assert.Equal(1, row[4]);
            Assert.InRange(row[5], float.Epsilon, 1);
            Assert.InRange(row[6], float.Epsilon, 1);
        }
    }

    [Theory]
    [InlineData(FusionKind.Asff)]
    [InlineData(FusionKind.None)]
    public void Visualize_draws_five_levels_and_the_weights_of_the_three_that_are_fused(
        FusionKind fusion
    )
    {
        TinyRetinaNet.Save(At("c.safetensors"), fusion);
        using (Mat picture = FusionProbeTests.Noise())
        {
            Cv2.ImWrite(At("street.png"), picture);
        }

        string output = Run(
            VisualizeCommand.Create(),
            At("c.safetensors"),
            At("street.png"),
            "--size",
            "320",
            "--score",
            "0.001",
            "--separate",
            "--out",
            At("seen")
        );
        Assert.Equal(
            fusion == FusionKind.None,
            output.Contains("no fusion weights", StringComparison.Ordinal)
        );
        IEnumerable<string> weights =
            from level in Enumerable.Range(2, 3)
            from source in Enumerable.Range(2, 3)
            select $"street-level{level}-weight{source}.png";
        Assert.Equal(
            Enumerable
                .Range(0, 5)
                .Select(level => $"street-level{level}-activation.png")
                .Concat(fusion == FusionKind.Asff ? weights : [])
                .Append("street-detections.png")
                .Append("street.png")
                .Order(StringComparer.Ordinal),
            Directory
                .GetFiles(At("seen"))
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal)
        );
        int[] byLevel =
        [
            .. output.Split("by level ")[1].Split(';')[0].Split(" + ").Select(int.Parse),
        ];
        Assert.Equal(5, byLevel.Length);
        Assert.True(byLevel.Sum() > 0, output);
    }

    [Fact]
    public void Benchmark_times_both_runtimes_with_the_fusion_and_without()
    {
        string output = Run(
            BenchmarkCommand.Create(),
            "--variants",
            "retinanet_r50",
            "retinanet_r50_asff",
            "--sizes",
            "320",
            "--backbone-width",
            "0.1",
            "--neck-width",
            "0.1",
            "--runs",
            "1",
            "--threads",
            "1",
            "--classes",
            "1",
            "--json"
        );
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal(
            ["retinanet_r50", "retinanet_r50", "retinanet_r50_asff", "retinanet_r50_asff"],
            report
                .RootElement.GetProperty("figures")
                .EnumerateArray()
                .Select(figure => figure.GetProperty("network").GetString())
        );
    }

    [Theory]
    [InlineData("retinanet_r50", 32_263_304)]
    [InlineData("retinanet_r101", 51_255_432)]
    public void Summary_counts_heads_that_five_levels_share_once(string variant, long parameters)
    {
        SummaryOps summary = SummaryOps.Of(Variants.Create(variant, classes: 4), 320);
        Assert.Equal(parameters, summary.Layers.Sum(layer => layer.Parameters));
        LayerSummary[] shared = [.. summary.Layers.Where(layer => layer.Name == "head.class.0")];
        Assert.Equal(
            [40, 20, 10, 5, 3],
            shared.Select(layer => layer.Output.Height).OrderDescending()
        );
        Assert.Equal(
            [false, true, true, true, true],
            shared.Select(layer => layer.Operation.EndsWith(" (shared)", StringComparison.Ordinal))
        );
        // Each level costs its own multiplications.
        Assert.All(
            shared,
            layer =>
                Assert.Equal(
                    256L * 256 * 9 * layer.Output.Height * layer.Output.Width,
                    layer.MultiplyAdds
                )
        );
    }

    public void Dispose() => _folder.Dispose();

    private static string Run(System.CommandLine.Command command, params string[] arguments)
    {
        (int code, string output, string errors) = CommandLine.Invoke(command, arguments);
        Assert.True(code == 0 && errors.Length == 0, $"{command.Name}: {code} {errors}");
        return output;
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
