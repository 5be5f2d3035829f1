using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Tests.Commands;

namespace AsffEdge.Trainer.Tests.Footage;

/// <summary>A build that is killed, or started twice: what power cuts and impatient people do.</summary>
[Trait("Category", "System")]
public sealed class BuildProcessTests : IDisposable
{
    private const int Pictures = 200;
    private const int Kills = 3;

    private readonly TemporaryFolder _folder = new();

    private string Left => At("v1.tmp/images/left.jpg");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_build_that_is_killed_leaves_no_data_set_and_the_same_command_works_again()
    {
        string file = WritePack();
        for (int kill = 1; kill <= Kills; kill++)
        {
            using TrainerProcess killed = Start(file);
            int enough = Pictures * kill / 16; // far from the end, so that the kill comes in time on a busy machine
            await killed.WaitUntilAsync(
                () => !File.Exists(Left) && Written() >= enough,
                $"{enough} pictures are written",
                TimeSpan.FromMilliseconds(2)
            );
            killed.Kill();
            Assert.NotEqual(0, (await killed.FinishAsync()).Code);
            Assert.False(Path.Exists(At("v1")));
            Assert.True(File.Exists(At("v1.lock"))); // and locks nobody out
            // Tells what this one has left from what the next one writes, and must not be in the data set.
            File.WriteAllText(Left, "");
        }

        using TrainerProcess again = Start(file);
        (int code, _, string errors) = await again.FinishAsync();

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(
            ["a.tar", "v1"],
            Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order()
        );
        var built = DatasetFolder.Open(At("v1"));
        built.VerifyPictures(DatasetPart.Train);
        built.VerifyPictures(DatasetPart.Validation);
        // Nothing of the killed ones is among the files.
        Assert.Equal(
            built.Items.Count,
            Directory.GetFiles(At("v1"), "*.jpg", SearchOption.AllDirectories).Length
        );
        new DatasetBuilder(
            new BuildOptions(new SplitOptions(20, 1, 5, []), NearBits: -1, TakeUnmasked: false)
        ).Build([file], At("v2"), (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Equal(DatasetFolder.HashOf(At("v2")), built.Sha256);
    }

    [Fact]
    public async Task A_second_build_into_one_folder_refuses_at_once_and_leaves_the_first_alone()
    {
        string file = WritePack();
        using TrainerProcess first = Start(file);
        await first.WaitUntilAsync(
            () => Written() >= Pictures / 16,
            "pictures are written",
            TimeSpan.FromMilliseconds(2)
        );
        await first.PauseAsync();

        using (TrainerProcess second = Start(file))
        {
            (int code, string output, string errors) = await second.FinishAsync();
            Assert.Equal(
                (
                    1,
                    $"{At("v1")}: another asff-train is writing it; wait until it has ended, or name another one\n"
                ),
                (code, errors)
            );
            Assert.DoesNotContain("100", output, StringComparison.Ordinal);
        }

        await first.ContinueAsync();
        Assert.Equal((0, ""), await Result(first));
        Assert.Equal(
            ["a.tar", "v1"],
            Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order()
        );
        var built = DatasetFolder.Open(At("v1"));
        built.VerifyPictures(DatasetPart.Train);
        built.VerifyPictures(DatasetPart.Validation);
        // With nothing in the way, the folder itself is.
        using TrainerProcess third = Start(file);
        Assert.Equal(2, (await third.FinishAsync()).Code);
    }

    private static async Task<(int Code, string Errors)> Result(TrainerProcess process)
    {
        (int code, _, string errors) = await process.FinishAsync();
        return (code, errors);
    }

    private string WritePack()
    {
        var pack = new TestPack();
        for (int index = 0; index < Pictures; index++)
        {
            // Large enough that there is time to kill.
            pack.Add(
                "gate",
                TestPack.At(index),
                TestPack.Jpeg(index % 10, 1920, 1080, 60 + index / 10)
            );
        }

        return pack.Write(At("a.tar"));
    }

    private TrainerProcess Start(string pack) =>
        new(
            "dataset",
            "build",
            pack,
            "--out",
            At("v1"),
            "--block",
            "20",
            "--gap",
            "1",
            "--near-duplicates",
            "-1"
        );

    private int Written()
    {
        try
        {
            return Directory.GetFiles(At("v1.tmp"), "*.jpg", SearchOption.AllDirectories).Length;
        }
        catch (DirectoryNotFoundException)
        {
            return 0; // not there yet, or what is left is being deleted
        }
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
