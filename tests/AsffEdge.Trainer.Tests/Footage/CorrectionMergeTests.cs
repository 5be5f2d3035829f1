using System.IO.Compression;
using AsffEdge.Trainer.Commands.Datasets;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Tests.Commands;

namespace AsffEdge.Trainer.Tests.Footage;

/// <summary>What goes to an annotation tool and what comes back, through the commands.</summary>
public sealed class CorrectionMergeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CorrectionMergeTests() =>
        new DatasetBuilder(
            new BuildOptions(new SplitOptions(10, 1, 2, []), NearBits: -1, TakeUnmasked: false)
        ).Build(
            [new TestPack().AddRow("gate", 40, 1, 0).Write(At("a.tar"))],
            At("v1"),
            (_, _) => { },
            TestContext.Current.CancellationToken
        );

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_comes_back_as_it_went_is_confirmed_and_stays_the_same()
    {
        Assert.Equal(0, Run("export", At("v1"), "--out", At("e.zip")).Code);
        using (ZipArchive zip = ZipFile.OpenRead(At("e.zip")))
        {
            DatasetFolder dataset = DatasetFolder.Open(At("v1"));
            Assert.Equal(dataset.Items.Count + 1, zip.Entries.Count);
            Assert.NotNull(zip.GetEntry("images/edge-1_gate_2026-03-01_120000.000.jpg"));
        }

        (int code, string output, _) = Run([
            "import",
            At("v1"),
            At("e.zip"),
            "--exported",
            At("e.zip"),
            "--out",
            At("v2"),
        ]);

        Assert.Equal(0, code);
        Assert.Contains("0 images corrected, ", output, StringComparison.Ordinal);
        DatasetFolder after = DatasetFolder.Open(At("v2"));
        Assert.All(after.Items, item => Assert.True(item.Image.Reviewed));
        var difference = DatasetDifference.Of(DatasetFolder.Open(At("v1")), after);
        Assert.Equal(0, difference.ImagesRelabelled);
        Assert.Equal(
            after.Items.Sum(item => item.Annotations.Count),
            Assert.Single(difference.Classes).Same
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("images/")]
    [InlineData("images\\")]
    [InlineData("0a1b2c3d-")]
    [InlineData("images/0a1b2c3d-")]
    [InlineData("/data/local-files/?d=footage/")]
    public void What_a_person_corrected_comes_back_under_the_names_that_tools_give(string prefix)
    {
        CocoDocument corrected = Export() with { };
        CocoImage image = corrected.Images[3];
        corrected = corrected with
        {
            // One box moved, one taken away, one added: as in a tool, which numbers anew and has ids from 0.
            Categories = [new CocoCategory(0, "person")],
            Images =
            [
                .. corrected.Images.Select(one => one with { FileName = prefix + one.FileName }),
            ],
            Annotations =
            [
                .. corrected
                    .Annotations.Where(one => one.ImageId != image.Id)
                    .Select(one => one with { CategoryId = 0 }),
                new CocoAnnotation(9001, image.Id, 0, [11, 13, 20, 30]),
                new CocoAnnotation(9002, image.Id, 0, [60, 40, 30, 20]),
            ],
        };

        (int code, string output, string errors) = Import(corrected);

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("1 images corrected", output, StringComparison.Ordinal);
        DatasetItem item = DatasetFolder.Open(At("v2")).Items[3];
        Assert.Equal(
            [
                [11, 13, 20, 30],
                [60, 40, 30, 20],
            ],
            item.Annotations.Select(one => one.Bbox)
        );
        Assert.All(
            item.Annotations,
            one => Assert.Equal((FootageAnnotation.Human, null), (one.Source, one.Score))
        );
        DatasetDifference difference = DatasetDifference.Of(
            DatasetFolder.Open(At("v1")),
            DatasetFolder.Open(At("v2"))
        );
        Assert.Equal(
            (1, 1, 1),
            (
                difference.Classes[0].Added,
                difference.Classes[0].Removed,
                difference.Classes[0].Changed
            )
        );
    }

    [Fact]
    public void Conflicts_are_listed_and_nothing_is_written()
    {
        CocoDocument exported = Export();
        // Meanwhile the data set has changed too: another person's correction has come home.
        CocoDocument first = Move(exported, image: 2, left: 14);
        Assert.Equal(0, Import(first, "v2").Code);
        CocoDocument second = Move(exported, image: 2, left: 40);
        second = second with
        {
            Categories = [.. second.Categories, new CocoCategory(2, "unicorn")],
            Images = [.. second.Images, new CocoImage(999, "foreign.jpg", 96, 64)],
            Annotations =
            [
                .. second.Annotations,
                new CocoAnnotation(9001, 5, 2, [1, 1, 5, 5]),
                new CocoAnnotation(9002, 6, 1, [90, 1, 50, 5]),
                new CocoAnnotation(9003, 12345, 1, [1, 1, 5, 5]),
            ],
        };

        (int code, _, string errors) = Import(second, "v3", "v2");

        Assert.Equal(1, code);
        Assert.False(Directory.Exists(At("v3")));
        Assert.Contains("120002.000.jpg': was changed by both", errors, StringComparison.Ordinal);
        Assert.Contains("'foreign.jpg': is not in the data set", errors, StringComparison.Ordinal);
        Assert.Contains(
            "'unicorn' is not a known class; allowed: person",
            errors,
            StringComparison.Ordinal
        );
        Assert.Contains("is not inside its picture of 96x64", errors, StringComparison.Ordinal);
        Assert.Contains("annotation 9003: is of image 12345", errors, StringComparison.Ordinal);
        Assert.Contains("5 conflicts: nothing was written", errors, StringComparison.Ordinal);

        // What has no conflict can be had; what has one stays as it is.
        Assert.Equal(0, Import(second, "v3", "v2", "--skip-conflicts").Code);
        DatasetFolder before = DatasetFolder.Open(At("v2"));
        DatasetFolder after = DatasetFolder.Open(At("v3"));
        Assert.Equal(14, after.Items[2].Annotations[0].Bbox[0]);
        Assert.Equal(0, DatasetDifference.Of(before, after).ImagesRelabelled);
    }

    [Fact]
    public void A_folder_that_exists_is_never_written_to()
    {
        (int code, _, string errors) = Import(Export(), "v1");

        Assert.Equal(2, code);
        Assert.Contains(
            "exists already; a data set never changes",
            errors,
            StringComparison.Ordinal
        );
    }

    private static CocoDocument Move(CocoDocument document, int image, double left)
    {
        long id = document.Images[image].Id;
        bool moved = false;
        return document with
        {
            Annotations =
            [
                .. document.Annotations.Select(one =>
                {
                    if (one.ImageId != id || moved)
                    {
                        return one;
                    }

                    moved = true;
                    return one with { Bbox = [left, .. one.Bbox[1..]] };
                }),
            ],
        };
    }

    private CocoDocument Export()
    {
        Assert.Equal(0, Run("export", At("v1"), "--out", At("e.json")).Code);
        return CocoDocument.Read(At("e.json"));
    }

    private (int Code, string Output, string Errors) Import(
        CocoDocument corrected,
        string into = "v2",
        string from = "v1",
        params string[] more
    )
    {
        corrected.Write(At("c.json"));
        return Run([
            "import",
            At(from),
            At("c.json"),
            "--exported",
            At("e.json"),
            "--out",
            At(into),
            .. more,
        ]);
    }

    private static (int Code, string Output, string Errors) Run(params string[] arguments) =>
        CommandLine.Invoke(DatasetCommand.Create(), arguments);

    private string At(string name) => Path.Combine(_folder.Path, name);
}
