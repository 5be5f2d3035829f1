using System.Diagnostics;
using System.Security.Cryptography;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Footage;

namespace AsffEdge.Trainer.Tests.Footage;

public sealed class DatasetBuilderTests : IDisposable
{
    private static readonly BuildOptions Options = new(
        new SplitOptions(BlockSeconds: 10, GapSeconds: 2, ValidationEvery: 4, []),
        NearBits: 10,
        TakeUnmasked: false
    );

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_picture_of_the_packs_is_in_the_data_set_or_counted()
    {
        string a = new TestPack("edge-1")
            .AddRow("gate", 90, every: 1, firstSeed: 0)
            .AddRow("yard", 20, every: 1, firstSeed: 1000)
            .Write(At("a.tar"));
        // The first ten are pictures of edge-1 byte for byte, the next ten the same compressed otherwise.
        TestPack other = new TestPack("edge-2").AddRow("gate", 10, every: 1, firstSeed: 0);
        for (int index = 10; index < 20; index++)
        {
            other.Add(
                "gate",
                TestPack.At(index),
                TestPack.Jpeg(index, quality: 70),
                [10, 12, 20, 30],
                [50, 5, 15, 40]
            );
        }

        string b = other.AddRow("door", 60, every: 1, firstSeed: 2000).Write(At("b.tar"));

        BuildReport report = Build("set", a, b);

        DatasetFolder built = DatasetFolder.Open(At("set"));
        Assert.Equal(190, report.Images);
        Assert.Equal(10, report.Duplicates);
        Assert.InRange(report.NearDuplicates, 1, 10);
        Assert.Equal(
            report.Images - report.Duplicates - report.NearDuplicates - report.InGap,
            report.Train + report.Validation
        );
        Assert.Equal(report.Train + report.Validation, built.Items.Count);
        Assert.All(
            built.Items,
            item =>
            {
                byte[] picture = File.ReadAllBytes(built.FileOf(item.Image));
                Assert.Equal(item.Image.Sha256, Convert.ToHexStringLower(SHA256.HashData(picture)));
                Assert.Equal(2, item.Annotations.Count);
            }
        );
        // What was left out is not on the disk either.
        Assert.Equal(
            built.Items.Count,
            Directory.GetFiles(At("set"), "*.jpg", SearchOption.AllDirectories).Length
        );
        Assert.Equal(["person"], built.Manifest.Classes);
        Assert.Equal(2, built.Manifest.Packs.Count);
        // What trains reads it as any COCO data set.
        using LabelledDataset opened = LabelledDataset.Open(
            Path.Combine(At("set"), "train.json"),
            Path.Combine(At("set"), "images")
        );
        Assert.Equal(report.Train, opened.Count);
    }

    [Fact]
    public void The_same_packs_give_the_same_data_set_in_any_order()
    {
        string a = new TestPack("edge-1").AddRow("gate", 60, 1, 0).Write(At("a.tar"));
        string b = new TestPack("edge-2").AddRow("gate", 60, 1, 30).Write(At("b.tar"));
        Build("one", a, b);
        Build("other", b, a, b);

        Assert.Equal(DatasetFolder.HashOf(At("one")), DatasetFolder.HashOf(At("other")));
    }

    [Fact]
    public void Later_packs_move_nothing_and_add_what_is_new()
    {
        string a = new TestPack("edge-1").AddRow("gate", 60, 1, 0).Write(At("a.tar"));
        string b = new TestPack("edge-1")
            .AddRow("gate", 60, 1, firstSeed: 40, start: 40)
            .Write(At("b.tar"));
        Build("v1", a);
        DatasetFolder first = DatasetFolder.Open(At("v1"));

        new DatasetBuilder(Options, first).Build(
            [a, b],
            At("v2"),
            (_, _) => { },
            TestContext.Current.CancellationToken
        );

        DatasetFolder second = DatasetFolder.Open(At("v2"));
        Assert.Equal(first.Sha256, second.Manifest.Parent);
        Dictionary<string, DatasetPart> parts = second.Items.ToDictionary(
            item => item.Image.FileName,
            item => item.Part
        );
        Assert.All(first.Items, item => Assert.Equal(item.Part, parts[item.Image.FileName]));
        Assert.True(second.Items.Count > first.Items.Count);
        Assert.Equal(2, second.Manifest.Packs.Count);
        Assert.All(second.Items, item => Assert.True(File.Exists(second.FileOf(item.Image))));
        // As if both had been built at once.
        Build("both", a, b);
        Assert.Equal(
            DatasetFolder.Open(At("both")).Items.Select(item => item.Image.FileName),
            second.Items.Select(item => item.Image.FileName)
        );
    }

    [Fact]
    public void A_different_picture_of_the_same_camera_and_time_is_refused()
    {
        string a = new TestPack("edge-1").AddRow("gate", 60, 1, 0).Write(At("a.tar"));
        string b = new TestPack("edge-1").AddRow("gate", 60, 1, 100).Write(At("b.tar"));

        InvalidDatasetException error = Assert.Throws<InvalidDatasetException>(() =>
            Build("set", a, b)
        );

        Assert.Contains("b.tar: gate/2026-03-01/12", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "different picture of camera edge-1/gate",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Directory.GetDirectories(_folder.Path));
    }

    /// <summary>As <c>ssh gate cat pack.tar | asff-train dataset build /dev/stdin</c> brings it.</summary>
    [Fact]
    public async Task A_pack_may_come_through_a_pipe()
    {
        string pack = new TestPack().AddRow("gate", 60, 1, 0).Write(At("a.tar"));
        byte[] bytes = await File.ReadAllBytesAsync(pack, TestContext.Current.CancellationToken);
        Build("file", pack);

        await Feed(bytes, () => Build("pipe", At("pipe.tar")));

        Assert.Equal(DatasetFolder.HashOf(At("file")), DatasetFolder.HashOf(At("pipe")));
        await Feed(
            bytes[..(bytes.Length / 2)],
            () =>
            {
                InvalidDatasetException error = Assert.Throws<InvalidDatasetException>(() =>
                    Build("cut", At("pipe.tar"))
                );
                Assert.Contains(
                    "the tar is damaged or cut (",
                    error.Message,
                    StringComparison.Ordinal
                );
            }
        );
    }

    private async Task Feed(byte[] bytes, Action read)
    {
        using (Process make = Process.Start("mkfifo", [At("pipe.tar")]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // Each waits for the other one to open it.
        Task write = Task.Run(
            () => File.WriteAllBytes(At("pipe.tar"), bytes),
            TestContext.Current.CancellationToken
        );
        read();
        await write;
        File.Delete(At("pipe.tar"));
    }

    [Fact]
    public void A_part_that_was_changed_by_other_means_is_refused()
    {
        Build("set", new TestPack().AddRow("gate", 60, 1, 0).Write(At("a.tar")));
        File.AppendAllText(Path.Combine(At("set"), "train.json"), " ");

        InvalidDatasetException error = Assert.Throws<InvalidDatasetException>(() =>
            DatasetFolder.Open(At("set"))
        );

        Assert.Contains("train.json: its SHA-256 is", error.Message, StringComparison.Ordinal);
    }

    private BuildReport Build(string folder, params string[] packs) =>
        new DatasetBuilder(Options).Build(
            packs,
            At(folder),
            (_, _) => { },
            TestContext.Current.CancellationToken
        );

    private string At(string name) => Path.Combine(_folder.Path, name);
}
