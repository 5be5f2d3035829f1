using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Tests.Data;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary><c>asff-train train</c> on files: what it keeps, refuses and says.</summary>
[Trait("Category", "Slow")]
public sealed class TrainCommandTests : IDisposable
{
    private const string Configuration = """
        model: { variant: mobilenetv2_asff, backbone_width: 0.1, neck_width: 0.1 }
        data: { train: data.json, validation: data.json, images: pictures }
        epochs: 2
        batch_size: 2
        sizes: [320]
        ema_decay: 0.9
        """;

    private readonly TemporaryFolder _folder = new();

    private string Run => Path.Combine(_folder.Path, "run");

    [Fact]
    public void A_run_is_validated_keeps_its_best_weights_and_goes_on_where_it_ended()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        string config = Write(Configuration, "validation_every: 1", "validation_size: 352");
        Assert.Equal((0, ""), Train(config));

        string[] log = File.ReadAllLines(Path.Combine(Run, "log.csv"));
        Assert.Equal(["epoch", "1", "2"], log.Select(line => line.Split(',')[0]));
        Assert.All(log[1..], line => Assert.DoesNotContain(",,", $"{line},"));
        foreach (string weights in (string[])["checkpoint", "best"])
        {
            (var state, CheckpointInfo info) = Checkpoint.Load(
                Path.Combine(Run, $"{weights}.safetensors")
            );
            state.Dispose();
            Assert.Equal(352, (int)info.Training["validation_size"]!);
        }

        RunDescription first = RunCheckpoint.Describe(RunCheckpoint.Find(Run)!);
        Assert.Equal((2, 4), (first.Epoch, first.Step));
        Assert.InRange(first.Best!.Epoch, 1, 2);

        // The key's own number of epochs is reached: nothing to do, and no reason to complain.
        Assert.Equal((0, ""), Train(config, "--resume"));
        Assert.Equal((0, ""), Train(config, "--resume", "--epochs", "3"));
        log = File.ReadAllLines(Path.Combine(Run, "log.csv"));
        Assert.Equal(["epoch", "1", "2", "3"], log.Select(line => line.Split(',')[0]));
        Assert.Equal(6, RunCheckpoint.Describe(RunCheckpoint.Find(Run)!).Step);
    }

    [Fact]
    public void Another_run_is_neither_overwritten_nor_continued()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        string config = Write(Configuration);
        (int code, string errors) = Train(config, "--resume");
        Assert.Equal(2, code);
        Assert.Contains("holds no run to resume", errors);
        Assert.False(Directory.Exists(Run));

        Assert.Equal((0, ""), Train(config, "--epochs", "1"));
        Dictionary<string, string> before = Contents();
        (code, errors) = Train(config);
        Assert.Equal(2, code);
        Assert.Contains("--resume", errors);

        string other = Write(
            Configuration
                .Replace("mobilenetv2_asff", "mobilenetv2", StringComparison.Ordinal)
                .Replace("batch_size: 2", "batch_size: 1", StringComparison.Ordinal),
            "workers: 1",
            "optimizer: { kind: adamw }"
        );
        (code, errors) = Train(other, "--resume", "--seed", "7");
        Assert.Equal(2, code);
        Assert.Equal(
            [
                "batch_size: 2 in the checkpoint, 1 now",
                "model.variant: \"mobilenetv2_asff\" in the checkpoint, \"mobilenetv2\" now",
                "optimizer.kind: \"sgd\" in the checkpoint, \"adam_w\" now",
                "seed: 1 in the checkpoint, 7 now",
            ],
            errors.TrimEnd().Split('\n')[1..].Select(line => line.Trim()).Order()
        );

        RectangleDataset.WriteFiles(_folder.Path, count: 6);
        (code, errors) = Train(Write(Configuration), "--resume");
        Assert.Equal(2, code);
        Assert.Contains("4 images in the checkpoint, 6 now", errors);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void Bad_input_is_named_and_nothing_is_written()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        _folder.Write("empty.json", """{"images": [], "annotations": [], "categories": []}""");
        (string Yaml, int Code, string[] Words)[] cases =
        [
            (
                Configuration.Replace("batch_size: 2", "batch_size: 3\naccumulate: 2"),
                2,
                ["batch_size 3 × accumulate 2 = 6", "4 images"]
            ),
            (Configuration.Replace("data.json", "empty.json"), 2, ["empty.json", "no images"]),
            (
                Configuration.Replace("sizes: [320]", "sizes: [321]\naccumulate: 0\nclip_norm: 2"),
                2,
                ["unknown key 'clip_norm'"]
            ),
            (
                Configuration.Replace("sizes: [320]", "sizes: [321]\naccumulate: 0\nworkers: 0"),
                2,
                ["3 problems", "sizes is [321]", "accumulate is 0", "workers is 0"]
            ),
            (
                Configuration.Replace("validation: data.json,", "") + "\nvalidation_every: 2",
                2,
                ["validation_every is 2", "data.validation"]
            ),
            (Configuration + "\nvalidation_size: 400", 2, ["validation_size is 400", "32"]),
        ];
        foreach ((string yaml, int code, string[] words) in cases)
        {
            (int actual, string errors) = Train(Write(yaml));
            Assert.True(code == actual, $"exit code {actual}, expected {code}: {errors}");
            Assert.All(words, word => Assert.Contains(word, errors));
            Assert.False(Directory.Exists(Run), errors);
        }

        (int overridden, string message) = Train(Write(Configuration), "--epochs", "0");
        Assert.Equal(2, overridden);
        Assert.Contains("epochs is 0", message);
    }

    [Fact]
    public void A_training_that_breaks_down_keeps_the_last_good_checkpoint()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        string config = Write(Configuration);
        Assert.Equal((0, ""), Train(config, "--epochs", "1"));
        string file = Path.Combine(RunCheckpoint.Find(Run)!, "weights.safetensors");
        SafetensorsFile weights = SafetensorsFile.Read(file);
        weights["head.level0.prediction.bias"].Values[4] = float.NaN;
        SafetensorsFile.Write(
            file,
            weights.Names.Select(name => KeyValuePair.Create(name, weights[name]))
        );
        Dictionary<string, string> before = Contents();

        (int code, string errors) = Train(config, "--resume");
        Assert.Equal(1, code);
        Assert.All(
            (string[])
                [
                    "the loss is NaN at step 2, size 320, images ",
                    ".png",
                    "saved: ",
                    "(epoch 1, step 2)",
                    "--resume",
                ],
            word => Assert.Contains(word, errors)
        );
        Dictionary<string, string> after = Contents();
        Assert.All(
            before.Keys.Where(name => name.EndsWith("safetensors", StringComparison.Ordinal)),
            name => Assert.Equal(before[name], after[name])
        );
    }

    [Fact]
    public void Weights_that_are_not_finite_are_not_saved()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 2);
        (int code, string errors) = Train(
            Write(
                Configuration,
                "optimizer: { learning_rate: 1.0e+38, warmup_epochs: 0, weight_decay: 0 }"
            )
        );
        Assert.Equal(1, code);
        Assert.Contains("not finite after step 0", errors);
        Assert.Contains("nothing was saved yet", errors);
        Assert.DoesNotContain(
            Contents().Keys,
            name => name.EndsWith("safetensors", StringComparison.Ordinal)
        );
    }

    public void Dispose() => _folder.Dispose();

    private (int Code, string Errors) Train(string config, params string[] more)
    {
        (int code, _, string errors) = CommandLine.Invoke(
            TrainCommand.Create(),
            ["--config", config, "--out", Run, .. more]
        );
        return (code, errors);
    }

    private string Write(params string[] lines) =>
        _folder.Write("training.yaml", string.Join('\n', lines));

    private Dictionary<string, string> Contents() =>
        Directory
            .EnumerateFiles(Run, "*", SearchOption.AllDirectories)
            .ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(file)));
}
