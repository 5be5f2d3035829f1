using System.CommandLine;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Network;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>The command line as a user runs it: train, export, predict and evaluate on real files, and what mistakes give.</summary>
[Trait("Category", "Slow")]
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("asff-commands-").FullName;

    [Fact]
    public void A_network_is_trained_exported_and_evaluated()
    {
        RectangleDataset.WriteFiles(_folder, count: 8);
        string config = At("training.yaml");
        File.WriteAllText(
            config,
            """
            model: { name: rectangles, version: 0.0.1, variant: mobilenetv2_asff, backbone_width: 0.1, neck_width: 0.1 }
            data: { train: data.json, images: pictures }
            epochs: 2
            batch_size: 4
            sizes: [320]
            ema_decay: 0.9
            """
        );
        Assert.Equal(
            (0, ""),
            Invoke(TrainCommand.Create(), "--config", config, "--out", At("run"))
        );
        string[] log = File.ReadAllLines(At("run/log.csv"));
        Assert.Equal(3, log.Length);
        Assert.StartsWith("2,", log[2]);

        CommandLine.Export(At("run/checkpoint.safetensors"), At("model.onnx"));
        foreach (string model in (string[])["run/checkpoint.safetensors", "model.onnx"])
        {
            (int code, string errors) = Invoke(
                EvaluateCommand.Create(),
                At(model),
                "--data",
                At("data.json"),
                "--images",
                At("pictures"),
                "--sizes",
                "320"
            );
            Assert.Equal((0, ""), (code, errors));
        }
    }

    [Theory]
    [InlineData(320, 1)]
    [InlineData(416, 2)]
    public void Predictions_of_checkpoint_and_onnx_file_agree(int size, int images)
    {
        SaveTiny();
        CommandLine.Export(At("c.safetensors"), At("m.onnx"));
        var random = new Random(5);
        float[] input =
        [
            .. Enumerable
                .Range(0, images * 3 * size * size)
                .Select(_ => (random.NextSingle() * 4) - 2),
        ];
        SafetensorsFile.Write(
            At("in.safetensors"),
            [KeyValuePair.Create("images", new SafeTensor([images, 3, size, size], input))]
        );
        Assert.Equal(
            (0, ""),
            Invoke(
                PredictCommand.Create(),
                At("c.safetensors"),
                At("in.safetensors"),
                "--out",
                At("c.out")
            )
        );
        Assert.Equal(
            (0, ""),
            Invoke(
                PredictCommand.Create(),
                At("m.onnx"),
                At("in.safetensors"),
                "--out",
                At("m.out")
            )
        );
        SafeTensor fromCheckpoint = SafetensorsFile.Read(At("c.out"))["predictions"];
        SafeTensor fromOnnx = SafetensorsFile.Read(At("m.out"))["predictions"];
        int cells = (size / 32 * (size / 32)) + (size / 16 * (size / 16)) + (size / 8 * (size / 8));
        Assert.Equal([images, 4 * cells, 6], fromCheckpoint.Shape);
        Assert.Equal(fromCheckpoint.Shape, fromOnnx.Shape);
        Assert.InRange(Close.WorstRelative(fromCheckpoint.Values, fromOnnx.Values), 0, 1e-4);
        Assert.False(
            fromOnnx
                .Values.AsSpan(0, 4 * cells * 6)
                .SequenceEqual(fromOnnx.Values.AsSpan((images - 1) * 4 * cells * 6))
                && images > 1
        );
    }

    [Fact]
    public void Predictions_of_a_picture_are_those_of_its_tensor()
    {
        SaveTiny();
        using (var picture = new Mat(100, 200, MatType.CV_8UC3, new Scalar(10, 200, 60)))
        {
            Cv2.ImWrite(At("p.png"), picture);
        }

        Assert.Equal(
            (0, ""),
            Invoke(
                PredictCommand.Create(),
                At("c.safetensors"),
                At("p.png"),
                "--size",
                "320",
                "--out",
                At("p.out")
            )
        );
        float[] plane = [.. Enumerable.Repeat((60 / 255f - 0.485f) / 0.229f, 320 * 320)];
        float[] green = [.. Enumerable.Repeat((200 / 255f - 0.456f) / 0.224f, 320 * 320)];
        float[] blue = [.. Enumerable.Repeat((10 / 255f - 0.406f) / 0.225f, 320 * 320)];
        SafetensorsFile.Write(
            At("t.safetensors"),
            [
                KeyValuePair.Create(
                    "images",
                    new SafeTensor([1, 3, 320, 320], [.. plane, .. green, .. blue])
                ),
            ]
        );
        Assert.Equal(
            (0, ""),
            Invoke(
                PredictCommand.Create(),
                At("c.safetensors"),
                At("t.safetensors"),
                "--out",
                At("t.out")
            )
        );
        Assert.InRange(
            Close.WorstRelative(
                SafetensorsFile.Read(At("t.out"))["predictions"].Values,
                SafetensorsFile.Read(At("p.out"))["predictions"].Values
            ),
            0,
            1e-5
        );
    }

    [Fact]
    public void Mistakes_are_named_and_have_their_exit_codes()
    {
        SaveTiny();
        File.WriteAllText(At("no.png"), "not a picture");
        SafetensorsFile.Write(
            At("shape.safetensors"),
            [
                KeyValuePair.Create(
                    "images",
                    new SafeTensor([1, 3, 320, 352], new float[3 * 320 * 352])
                ),
            ]
        );
        SafetensorsFile.Write(
            At("name.safetensors"),
            [KeyValuePair.Create("input", new SafeTensor([1], [1]))]
        );
        (Command Command, string[] Arguments, int Code, string[] Words)[] cases =
        [
            (
                PredictCommand.Create(),
                [At("gone.onnx"), At("no.png"), "--out", At("o")],
                1,
                ["gone.onnx", "does not exist"]
            ),
            (
                PredictCommand.Create(),
                [At("c.safetensors"), At("no.png"), "--out", At("o")],
                1,
                ["no.png", "not an image"]
            ),
            (
                PredictCommand.Create(),
                [At("c.safetensors"), At("gone.png"), "--out", At("o")],
                1,
                ["gone.png", "no such file"]
            ),
            (
                PredictCommand.Create(),
                [At("c.safetensors"), At("no.png"), "--size", "330", "--out", At("o")],
                2,
                ["330", "multiples of 32"]
            ),
            (
                PredictCommand.Create(),
                [At("c.safetensors"), At("shape.safetensors"), "--out", At("o")],
                1,
                ["[1, 3, 320, 352]", "[N, 3, S, S]"]
            ),
            (
                PredictCommand.Create(),
                [At("c.safetensors"), At("name.safetensors"), "--out", At("o")],
                1,
                ["'images'", "input"]
            ),
            (
                ExportCommand.Create(),
                [At("no.png"), "--out", At("o.onnx")],
                1,
                ["no.png", "safetensors"]
            ),
            (SummaryCommand.Create(), ["--variant", "vgg"], 2, ["vgg", "mobilenetv2_asff"]),
            (SummaryCommand.Create(), ["--size", "100"], 2, ["100", "320 to 800"]),
            (
                TrainCommand.Create(),
                ["--config", At("gone.yaml"), "--out", At("run")],
                2,
                ["gone.yaml"]
            ),
            (
                EvaluateCommand.Create(),
                [At("c.safetensors"), "--data", At("gone.json"), "--images", _folder],
                2,
                ["gone.json"]
            ),
        ];
        foreach ((Command command, string[] arguments, int code, string[] words) in cases)
        {
            (int actual, string errors) = Invoke(command, arguments);
            Assert.True(
                code == actual,
                $"{command.Name} {string.Join(' ', arguments)}: exit code {actual}, expected {code}: {errors}"
            );
            Assert.All(words, word => Assert.Contains(word, errors));
        }

        Assert.False(File.Exists(At("o")) || File.Exists(At("o.onnx")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static (int Code, string Errors) Invoke(Command command, params string[] arguments)
    {
        using var errors = new StringWriter();
        using var output = new StringWriter();
        int code = command
            .Parse(arguments)
            .Invoke(new InvocationConfiguration { Error = errors, Output = output });
        return (code, errors.ToString());
    }

    private string At(string name) => Path.Combine(_folder, name);

    private void SaveTiny()
    {
        using NetworkState state = NetworkState.Initialise(TinyNetwork.Configuration, seed: 1);
        Checkpoint.Save(At("c.safetensors"), state, TinyNetwork.Describe());
    }
}
