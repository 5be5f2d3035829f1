using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Prediction;
using AsffEdge.Trainer.Tests.Footage;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>From an exported model and a data set to the next model, which says what it was made from.</summary>
[Trait("Category", "Slow")]
public sealed class FineTuneCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FineTuneCommandTests()
    {
        using NetworkState state = TinyNetwork.Eager();
        OnnxExporter.Export(At("tiny.onnx"), state, TinyNetwork.Describe(), half: false);
        Checkpoint.Save(At("tiny.safetensors"), state, TinyNetwork.Describe());
        new DatasetBuilder(
            new BuildOptions(new SplitOptions(5, 1, 3, []), NearBits: -1, TakeUnmasked: false)
        ).Build(
            [new TestPack().AddRow("gate", 30, 1, 0).Write(At("a.tar"))],
            At("v1"),
            (_, _) => { },
            TestContext.Current.CancellationToken
        );
        RectangleDataset.WriteFiles(_folder.Path, 3);
        string json = File.ReadAllText(At("data.json"));
        File.WriteAllText(At("data.json"), json.Replace("rectangle", "person"));
        _folder.Write(
            "c.yaml",
            """
            model: { name: next, version: 2.0.0, variant: mobilenetv2_asff, backbone_width: 0.1, neck_width: 0.1 }
            data:
              train: nowhere.json
              images: nowhere
              rehearsal: { train: data.json, images: pictures, share: 0.5 }
            optimizer: { kind: adamw, warmup_epochs: 0, frozen: [backbone] }
            loss: { label_smoothing: false }
            augmentation: { mixup: false }
            epochs: 1
            batch_size: 4
            sizes: [320]
            validation_every: 1
            validation_size: 320
            """
        );
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny.onnx")]
    [InlineData("tiny.safetensors")]
    public void The_exported_model_says_what_it_was_made_from(string from)
    {
        (int code, _, string errors) = Train(from);
        Assert.Equal((0, ""), (code, errors));
        CommandLine.Export(Path.Combine(At("run"), "checkpoint.safetensors"), At("next.onnx"));

        using IPredictor next = Predictor.Open(At("next.onnx"));
        JsonNode training = next.Manifest.Training!;
        JsonNode lineage = training["lineage"]!;
        Assert.Equal("tiny", lineage["parent"]!["name"]!.GetValue<string>());
        Assert.Equal("0.0.1", lineage["parent"]!["version"]!.GetValue<string>());
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(At(from)))),
            lineage["parent"]!["sha256"]!.GetValue<string>()
        );
        Assert.Equal(DatasetFolder.HashOf(At("v1")), lineage["dataset_sha256"]!.GetValue<string>());
        Assert.Equal(64, lineage["configuration_sha256"]!.GetValue<string>().Length);
        Assert.Equal(0.5, lineage["rehearsal_share"]!.GetValue<double>());
        Assert.NotNull(training["ap"]);

        // A run that goes on keeps its lineage, also when the parent's file has gone.
        File.Delete(At(from));
        (code, _, errors) = Train(from, "--resume", "--epochs", "2");
        Assert.Equal((0, ""), (code, errors));
        CheckpointInfo info = Checkpoint.Describe(
            Path.Combine(At("run"), "checkpoint.safetensors")
        );
        Assert.Equal(lineage.ToJsonString(), info.Training["lineage"]!.ToJsonString());
    }

    [Fact]
    public void A_data_set_that_is_not_what_it_says_is_not_trained_on()
    {
        DatasetFolder dataset = DatasetFolder.Open(At("v1"));
        FootageImage image = dataset.Items.First(item => item.Part == DatasetPart.Train).Image;
        File.WriteAllBytes(dataset.FileOf(image), TestPack.Jpeg(12345));

        (int code, _, string errors) = Train("tiny.onnx");

        Assert.Equal(2, code);
        Assert.Contains(image.FileName, errors, StringComparison.Ordinal);
        Assert.Contains("its SHA-256 is", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("run")));
    }

    private (int Code, string Output, string Errors) Train(string from, params string[] more) =>
        CommandLine.Invoke(
            TrainCommand.Create(),
            [
                "--config",
                At("c.yaml"),
                "--from",
                At(from),
                "--dataset",
                At("v1"),
                "--learning-rate",
                "1e-5",
                "--out",
                At("run"),
                .. more,
            ]
        );

    private string At(string name) => Path.Combine(_folder.Path, name);
}
