using System.Text;
using AsffEdge.Trainer.Commands.Datasets;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Tests.Commands;

namespace AsffEdge.Trainer.Tests.Footage;

/// <summary>Annotation files as tools write them, and as they must not be.</summary>
public sealed class ReturnedAnnotationsTests : IDisposable
{
    // A file of two pictures and three objects, as the text that a tool writes.
    private const string Cvat = """
        {"licenses":[{"name":"","id":0,"url":""}],
        "info":{"contributor":"","date_created":"","description":"","url":"","version":"","year":""},
        "categories":[{"id":1,"name":"person","supercategory":""}],
        "images":[
        {"id":1,"width":96,"height":64,"file_name":"NAMES1","license":0,"flickr_url":"","coco_url":"","date_captured":0},
        {"id":2,"width":96,"height":64,"file_name":"NAMES2","license":0,"flickr_url":"","coco_url":"","date_captured":0}],
        "annotations":[
        {"id":1,"image_id":1,"category_id":1,"segmentation":[],"area":600.0,"bbox":[11.0,13.0,20.0,30.0],"iscrowd":0,
         "attributes":{"occluded":false,"rotation":0.0}},
        {"id":2,"image_id":1,"category_id":1,"segmentation":[],"area":600.0,"bbox":[50.0,5.0,15.0,40.0],"iscrowd":0,
         "attributes":{"occluded":true,"rotation":0.0,"colour":"red"}},
        {"id":3,"image_id":2,"category_id":1,"segmentation":[[1.0,2.0,9.0,2.0,9.0,30.0]],"area":112.0,"bbox":[1.0,2.0,8.0,28.0],"iscrowd":0,
         "attributes":{"occluded":false}}]}
        """;

    private const string First = "edge-1_gate_2026-03-01_120000.000.jpg";
    private const string Second = "edge-1_gate_2026-03-01_120001.000.jpg";

    private readonly TemporaryFolder _folder = new();
    private readonly DatasetFolder _dataset;

    public ReturnedAnnotationsTests()
    {
        _dataset = BuildFor("edge-1", At("v1"));
        AnnotationExchange.ToCoco(_dataset).Write(At("e.json"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void As_CVAT_writes_them()
    {
        (int code, string output, string errors) = Import(Named(""));

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("2 images corrected, 0 confirmed", output, StringComparison.Ordinal);
        Assert.Equal(
            [
                [11, 13, 20, 30],
                [50, 5, 15, 40],
            ],
            Boxes(0)
        );
        Assert.Equal(
            [
                [1, 2, 8, 28],
            ],
            Boxes(1)
        );
    }

    /// <summary>CVAT writes the box as it was before it was turned, and by how much beside it.</summary>
    [Fact]
    public void Boxes_that_were_turned_in_CVAT()
    {
        string text = Named("")
            .Replace("[50.0,5.0,15.0,40.0]", "[70.0,5.0,40.0,15.0]") // turned, it is inside of its picture
            .Replace("\"occluded\":true,\"rotation\":0.0", "\"occluded\":true,\"rotation\":90.0")
            .Replace("\"occluded\":false,\"rotation\":0.0", "\"occluded\":false,\"rotation\":330.0")
            // The outline's box is upright already.
            .Replace("{\"occluded\":false}", "{\"occluded\":false,\"rotation\":90.0}");

        (int code, string output, string errors) = Import(text);

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith(
            "warning: 2 boxes are rotated; the upright boxes around them were taken",
            output,
            StringComparison.Ordinal
        );
        Assert.Equal(
            [
                [4.84, 10.01, 32.32, 35.98],
                [82.5, 0, 13.5, 32.5],
            ],
            Boxes(0).Select(box => box.Select(side => Math.Round(side, 2)))
        );
        Assert.Equal(
            [
                [1, 2, 8, 28],
            ],
            Boxes(1)
        );

        // What was taken over is what the same file says the next time.
        AnnotationExchange.ToCoco(DatasetFolder.Open(At("v2"))).Write(At("e.json"));
        (code, output, errors) = Import(text, "v2", "v3");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("0 images corrected, 2 confirmed", output, StringComparison.Ordinal);
        Assert.DoesNotContain("rotated", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("180.0")]
    [InlineData("-360")]
    [InlineData("\"left\"")]
    [InlineData("null")]
    [InlineData("[90]")]
    public void Boxes_that_are_upright_whatever_is_said_of_their_rotation(string rotation)
    {
        (int code, string output, string errors) = Import(
            Named("").Replace("\"rotation\":0.0", $"\"rotation\":{rotation}")
        );

        Assert.Equal((0, ""), (code, errors));
        Assert.DoesNotContain("rotated", output, StringComparison.Ordinal);
        Assert.Equal(
            [
                [11, 13, 20, 30],
                [50, 5, 15, 40],
            ],
            Boxes(0)
        );
    }

    /// <summary>Numbered from 0, indented, sizes unknown where the tool could not open the picture, names as URLs.</summary>
    [Theory]
    [InlineData("images/0a1b2c3d-", "")]
    [InlineData("/data/local-files/?d=footage/", "")]
    [InlineData("/data/local-files/?d=footage%2Fimages%2F", "")]
    [InlineData("/data/upload/3/0a1b2c3d-", "")]
    [InlineData("s3://bucket/", "")]
    [InlineData("http://store.example/bucket/", "?X-Amz-Expires=60&X-Amz-Signature=0f%2B")]
    public void As_Label_Studio_writes_them(string before, string behind)
    {
        string text = Named(before, behind)
            .Replace("\"width\":96,\"height\":64", "\"width\": null, \"height\": null")
            .Replace("\"iscrowd\":0", "\"ignore\": 0, \"iscrowd\": 0")
            .Replace("\"id\":1,\"name\"", "\"id\":0,\"name\"")
            .Replace("\"category_id\":1", "\"category_id\":0");

        (int code, _, string errors) = Import(text);

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(
            [
                [1, 2, 8, 28],
            ],
            Boxes(1)
        );
    }

    [Fact]
    public void With_a_byte_order_mark_and_carriage_returns()
    {
        string text = Named("").ReplaceLineEndings("\r\n");

        (int code, _, string errors) = Import("\ufeff" + text);

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(
            [
                [1, 2, 8, 28],
            ],
            Boxes(1)
        );
    }

    [Fact]
    public void An_agent_whose_id_begins_like_an_upload_keeps_its_name()
    {
        const string Agent = "1b9d6bcd-bbfd-4b2d";
        DatasetFolder dataset = BuildFor(Agent, At("other"));
        AnnotationExchange.ToCoco(dataset).Write(At("e.json"));
        string text = Named("").Replace("edge-1_", $"{Agent}_");

        (int code, string output, string errors) = Import(text, "other");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("2 images corrected", output, StringComparison.Ordinal);

        (code, output, errors) = Import(text.Replace(Agent, $"0a1b2c3d-{Agent}"), "other", "v3");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("2 images corrected", output, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Conflicting() =>
        new()
        {
            { "11.0,13.0,20.0", "-5.0,13.0,20.0", "is not inside its picture of 96x64" },
            {
                "11.0,13.0,20.0",
                "11.0,13.0,-20.0",
                "is empty; allowed: a width and height above 0"
            },
            { "11.0,13.0,20.0", "1e308,1e308,1e308", "is not finite" },
            { "11.0,13.0,20.0", "11.0,13.0,1e9", "is not inside its picture of 96x64" },
            {
                "[11.0,13.0,20.0,30.0],\"iscrowd\":0,\n \"attributes\":{\"occluded\":false,\"rotation\":0.0}",
                "[211.0,13.0,20.0,30.0],\"iscrowd\":0,\"attributes\":{\"rotation\":30}",
                "is not inside its picture of 96x64"
            },
            { "\"rotation\":0.0", "\"rotation\":1e999", "is not finite" },
            { "11.0,13.0,20.0,30.0", "", "bbox holds 0 numbers; it must hold 4" },
            {
                "\"id\":2,\"image_id\"",
                "\"id\":1,\"image_id\"",
                "annotation 1: its id occurs twice"
            },
            { "\"category_id\":1", "\"category_id\":5", "is of category 5; allowed: 1" },
            { "\"iscrowd\":0", "\"iscrowd\":1", "is a group of objects (iscrowd 1); allowed" },
            {
                "\"width\":96,\"height\":64",
                "\"width\":192,\"height\":128",
                "has 192x128 pixels; in the data set it has 96x64"
            },
            { "\"id\":2,\"width\"", "\"id\":1,\"width\"", "has the id 1 of another one" },
            { Second, First, "occurs twice; there must be one version of it" },
            {
                "\"categories\":[",
                "\"categories\":[{\"id\":1,\"name\":\"car\"},",
                "category id 1 occurs twice"
            },
        };

    /// <summary>What a conflict touches stays as it is, also where everything else is taken.</summary>
    [Theory]
    [MemberData(nameof(Conflicting))]
    public void Conflicts(string place, string change, string reason)
    {
        string text = Named("");
        Assert.Contains(place, text, StringComparison.Ordinal);
        text = ReplaceFirst(text, place, change);

        (int code, _, string errors) = Import(text);

        Assert.Equal(1, code);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
        Assert.EndsWith(
            "nothing was written; --skip-conflicts takes everything else\n",
            errors,
            StringComparison.Ordinal
        );
        Assert.False(Path.Exists(At("v2")));

        (code, string output, errors) = Import(text, more: "--skip-conflicts");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.Equal(Boxes(_dataset, 0), Boxes(0));
    }

    [Theory]
    [InlineData("11.0,13.0", "NaN,13.0")]
    [InlineData("11.0,13.0", "\"11\",13.0")]
    [InlineData("11.0,13.0", "null,13.0")]
    [InlineData("\"image_id\":1,", "")]
    [InlineData("\"image_id\":1", "\"image_id\":\"1\"")]
    [InlineData("\"image_id\":1", "\"image_id\":1.5")]
    [InlineData("\"width\":96", "\"width\":\"96\"")]
    [InlineData("\"width\":96", "\"width\":96.5")]
    [InlineData("\"width\":96,", "")]
    [InlineData("\"person\"", "null")]
    [InlineData("\"annotations\":", "\"objects\":")]
    [InlineData("]}", "]")]
    public void What_is_no_COCO_file_is_refused_with_its_place(string place, string change)
    {
        string text = Named("");
        Assert.Contains(place, text, StringComparison.Ordinal);

        (int code, _, string errors) = Import(ReplaceFirst(text, place, change));

        Assert.Equal(2, code);
        Assert.Matches(@"c\.json:\d+: not COCO annotations \(.+\); expected images", errors);
        Assert.False(Path.Exists(At("v2")));
    }

    [Fact]
    public void Text_in_another_encoding_is_refused()
    {
        File.WriteAllText(At("c.json"), Named(""), Encoding.Unicode);

        (int code, _, string errors) = ImportFile("v1", "v2");

        Assert.Equal(2, code);
        Assert.Contains("c.json:1: not COCO annotations", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_refused_or_harmless()
    {
        byte[] whole = Encoding.UTF8.GetBytes(
            Named("").Replace("\"rotation\":0.0", "\"rotation\":30.0")
        );
        var exported = CocoDocument.Read(At("e.json"));
        string[] tokens =
        [
            "null",
            "1e999",
            "-1",
            "\"\"",
            "[]",
            "{}",
            First,
            Second,
            "999999999999",
        ];
        Laws.Hold(
            Fuzz.Rounds(400),
            random =>
            {
                File.WriteAllBytes(At("c.json"), Fuzz.Damage(whole, random, tokens));
                CocoDocument corrected;
                try
                {
                    corrected = AnnotationExchange.Read(At("c.json"));
                }
                catch (InvalidDatasetException error)
                {
                    Assert.StartsWith(At("c.json"), error.Message, StringComparison.Ordinal);
                    return;
                }

                var merge = new CorrectionMerge(_dataset);
                IReadOnlyList<DatasetItem> merged = merge.Merge(exported, corrected);
                Assert.Equal(
                    _dataset.Items.Select(item => item.Image.FileName),
                    merged.Select(item => item.Image.FileName)
                );
                Assert.All(
                    merged.SelectMany(item => item.Annotations.Select(one => (item.Image, one))),
                    pair =>
                        Assert.Null(
                            PackDocumentCheck.BoxProblem(
                                pair.one.Bbox,
                                pair.Image.Width,
                                pair.Image.Height
                            )
                        )
                );
                Assert.InRange(merge.Corrected + merge.Confirmed, 0, 2);
            }
        );
    }

    private static DatasetFolder BuildFor(string agent, string folder)
    {
        string pack = $"{folder}.tar";
        new TestPack(agent).AddRow("gate", 12, 1, 0).Write(pack);
        new DatasetBuilder(
            new BuildOptions(new SplitOptions(4, 0, 0, []), NearBits: -1, TakeUnmasked: false)
        ).Build([pack], folder, (_, _) => { }, TestContext.Current.CancellationToken);
        return DatasetFolder.Open(folder);
    }

    private static string Named(string before, string behind = "") =>
        Cvat.Replace("NAMES1", $"{before}{First}{behind}")
            .Replace("NAMES2", $"{before}{Second}{behind}");

    private static string ReplaceFirst(string text, string place, string change)
    {
        int at = text.IndexOf(place, StringComparison.Ordinal);
        return text[..at] + change + text[(at + place.Length)..];
    }

    private IEnumerable<double[]> Boxes(int picture) =>
        Boxes(DatasetFolder.Open(At("v2")), picture);

    private static IEnumerable<double[]> Boxes(DatasetFolder dataset, int picture) =>
        dataset.Items[picture].Annotations.Select(one => one.Bbox);

    private (int Code, string Output, string Errors) Import(
        string corrected,
        string from = "v1",
        string into = "v2",
        params string[] more
    )
    {
        File.WriteAllText(At("c.json"), corrected);
        return ImportFile(from, into, more);
    }

    private (int Code, string Output, string Errors) ImportFile(
        string from,
        string into,
        params string[] more
    ) =>
        CommandLine.Invoke(
            DatasetCommand.Create(),
            [
                "import",
                At(from),
                At("c.json"),
                "--exported",
                At("e.json"),
                "--out",
                At(into),
                .. more,
            ]
        );

    private string At(string name) => Path.Combine(_folder.Path, name);
}
