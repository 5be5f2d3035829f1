using System.Diagnostics;
using System.Text.Json.Nodes;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Optimization;
using AsffEdge.Trainer.Prediction;
using AsffEdge.Trainer.Tests.Data;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>The program itself, interrupted and on a full disk.</summary>
[Trait("Category", "System")]
[Trait("Category", "Slow")]
public sealed class TrainProcessTests : IDisposable
{
    private const string Configuration = """
        model: { variant: mobilenetv2_asff, backbone_width: 0.1, neck_width: 0.1 }
        data: { train: data.json, images: pictures }
        optimizer: { kind: adamw }
        batch_size: 2
        sizes: [320]
        ema_decay: 0.9
        """;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Run => Path.Combine(_folder.Path, "run");

    [Fact]
    public async Task A_run_told_to_stop_ends_after_its_step_and_goes_on_from_there()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        _folder.Write("training.yaml", Configuration);
        using (TrainerProcess process = Start(Run, "--epochs", "5000"))
        {
            string log = Path.Combine(Run, "log.csv");
            await process.WaitUntilAsync(
                () => File.Exists(log) && File.ReadAllLines(log).Length >= 3,
                "an epoch is finished",
                TimeSpan.FromMilliseconds(50)
            );
            await process.TerminateAsync();

            (int code, _, string errors) = await process.FinishAsync();
            Assert.Equal(1, code);
            Assert.Matches(
                "saved: .*step-[0-9]{8} \\(epoch [0-9]+, step [0-9]+\\); go on with: asff-train train .* --epochs 5000 --resume",
                errors
            );
        }

        RunDescription saved = RunCheckpoint.Describe(RunCheckpoint.Find(Run)!);
        Assert.InRange(saved.Step, 4, 9999);
        int epochs = saved.Epoch + 2;
        using (TrainerProcess process = Start(Run, "--epochs", $"{epochs}", "--resume"))
        {
            (int code, string output, string errors) = await process.FinishAsync();
            Assert.Equal((0, ""), (code, errors));
            Assert.Contains($"resumed after epoch {saved.Epoch}, step {saved.Step}", output);
        }

        Assert.Equal(
            ["epoch", .. Enumerable.Range(1, epochs).Select(epoch => $"{epoch}")],
            File.ReadLines(Path.Combine(Run, "log.csv")).Select(line => line.Split(',')[0])
        );
    }

    [Fact]
    public async Task A_second_run_in_one_folder_refuses_at_once_and_leaves_the_first_alone()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        _folder.Write("training.yaml", Configuration);
        using TrainerProcess first = Start(Run, "--epochs", "5000");
        await first.WaitUntilAsync(
            () => RunCheckpoint.Find(Run) is not null,
            "an epoch is finished",
            TimeSpan.FromMilliseconds(50)
        );
        await first.PauseAsync();

        using (TrainerProcess second = Start(Run, "--epochs", "5000", "--resume"))
        {
            (int code, _, string errors) = await second.FinishAsync();
            Assert.Equal(
                (
                    1,
                    $"{Run}: another asff-train is writing it; wait until it has ended, or name another one\n"
                ),
                (code, errors)
            );
        }

        // One that is killed locks nobody out.
        first.Kill();
        await first.FinishAsync();
        int epochs = RunCheckpoint.Describe(RunCheckpoint.Find(Run)!).Epoch + 1;
        Assert.Equal((0, ""), await Finish(Run, "--epochs", $"{epochs}", "--resume"));
        Assert.False(File.Exists(Path.Combine(Run, ".lock")));
    }

    [Fact]
    public async Task A_resumed_run_recommends_what_the_validation_before_the_interruption_found()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        const string Learning = """
            model: { variant: mobilenetv2_asff, backbone_width: 0.25, neck_width: 0.25 }
            data: { train: data.json, validation: data.json, images: pictures }
            optimizer: { kind: adamw, learning_rate: 0.003, warmup_epochs: 1 }
            augmentation: { mixup: false }
            batch_size: 4
            sizes: [320]
            ema_decay: 0.9
            validation_size: 320
            """;
        _folder.Write("training.yaml", $"{Learning}\nvalidation_every: 10");
        await StopWhen(log =>
            log.Skip(1).Any(line => line.Split(',')[^2] is { Length: > 0 } ap && ap != "0.0000")
        );
        RunDescription saved = RunCheckpoint.Describe(RunCheckpoint.Find(Run)!);
        Assert.NotNull(saved.RecommendedThreshold);
        Assert.NotEqual(ModelOptions.DefaultScoreThreshold, saved.RecommendedThreshold);

        // Without another validation before it is stopped again.
        _folder.Write("training.yaml", $"{Learning}\nvalidation_every: 4000");
        await StopWhen(log => log.Length > saved.Epoch + 2, "--resume");
        Assert.Equal(saved.RecommendedThreshold, ExportedThreshold());

        // An older version has not kept it.
        string description = Path.Combine(RunCheckpoint.Find(Run)!, "run.json");
        JsonNode json = JsonNode.Parse(await File.ReadAllTextAsync(description, Token))!;
        Assert.True(json.AsObject().Remove("recommended_threshold"));
        await File.WriteAllTextAsync(description, json.ToJsonString(), Token);
        int epochs = RunCheckpoint.Describe(RunCheckpoint.Find(Run)!).Epoch;
        await StopWhen(log => log.Length > epochs + 2, "--resume");
        Assert.Equal(ModelOptions.DefaultScoreThreshold, ExportedThreshold());
    }

    [Fact]
    public async Task A_full_disk_costs_nothing_that_was_saved()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        _folder.Write("training.yaml", Configuration);
        Assert.Equal(0, (await Finish(Run, "--epochs", "3")).Code);
        long size = Directory
            .EnumerateFiles(Run, "*", SearchOption.AllDirectories)
            .Sum(file => new FileInfo(file).Length);

        string small = Path.Combine(_folder.Path, "small");
        Directory.CreateDirectory(small);
        // Room for one epoch's files and the next one's weights, not for both epochs' states.
        if (!await Mount("-t", "tmpfs", "-o", $"size={size * 3 / 2}", "tmpfs", small))
        {
            Assert.Skip("a small file system can be mounted by root only");
        }

        try
        {
            string run = Path.Combine(small, "run");
            (int code, string errors) = await Finish(run, "--epochs", "3");
            Assert.Equal(1, code);
            Assert.Contains("No space left on device", errors);
            Assert.Contains("(epoch 1, step 2); go on with:", errors);
            Assert.Equal(2, RunCheckpoint.Describe(RunCheckpoint.Find(run)!).Step);
            Checkpoint.Load(Path.Combine(run, "checkpoint.safetensors")).State.Dispose();
            Assert.Empty(Directory.GetFileSystemEntries(run, "*.tmp", SearchOption.AllDirectories));

            Assert.True(await Mount("-o", $"remount,size={size * 4}", small));
            Assert.Equal((0, ""), await Finish(run, "--epochs", "3", "--resume"));
            foreach (string part in (string[])["weights", "average", "optimizer"])
            {
                string name = $"{part}.safetensors";
                Assert.Equal(
                    await File.ReadAllBytesAsync(
                        Path.Combine(RunCheckpoint.Find(Run)!, name),
                        Token
                    ),
                    await File.ReadAllBytesAsync(
                        Path.Combine(RunCheckpoint.Find(run)!, name),
                        Token
                    )
                );
            }
        }
        finally
        {
            using var unmount = Process.Start("umount", [small]);
            await unmount.WaitForExitAsync(Token);
        }
    }

    public void Dispose() => _folder.Dispose();

    private async Task StopWhen(Func<string[], bool> isEnough, params string[] more)
    {
        string log = Path.Combine(Run, "log.csv");
        using TrainerProcess process = Start(Run, ["--epochs", "5000", .. more]);
        await process.WaitUntilAsync(
            () => File.Exists(log) && isEnough(File.ReadAllLines(log)),
            "it has trained long enough",
            TimeSpan.FromMilliseconds(50)
        );
        await process.TerminateAsync();
        Assert.Equal(1, (await process.FinishAsync()).Code);
    }

    private float ExportedThreshold()
    {
        string model = Path.Combine(_folder.Path, "model.onnx");
        CommandLine.Export(Path.Combine(Run, "checkpoint.safetensors"), model);
        using IPredictor exported = Predictor.Open(model);
        return exported.Manifest.Thresholds.Score;
    }

    private static async Task<bool> Mount(params string[] arguments)
    {
        using Process mount = Process.Start(
            new ProcessStartInfo("mount", arguments) { RedirectStandardError = true }
        )!;
        await mount.WaitForExitAsync(Token);
        return mount.ExitCode == 0;
    }

    private TrainerProcess Start(string run, params string[] more) =>
        new([
            "train",
            "--config",
            Path.Combine(_folder.Path, "training.yaml"),
            "--out",
            run,
            "--threads",
            "1",
            .. more,
        ]);

    private async Task<(int Code, string Errors)> Finish(string run, params string[] more)
    {
        using TrainerProcess process = Start(run, more);
        (int code, _, string errors) = await process.FinishAsync();
        return (code, errors);
    }
}
