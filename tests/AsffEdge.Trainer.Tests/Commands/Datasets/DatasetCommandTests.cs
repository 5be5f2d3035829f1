using System.Text.Json.Nodes;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands.Datasets;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Footage;

namespace AsffEdge.Trainer.Tests.Commands.Datasets;

public sealed class DatasetCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Builds_shows_and_draws()
    {
        (int code, string output, string errors) = Build();

        Assert.Equal((0, ""), (code, errors));
        Assert.Matches(@"in the packs +60", output);
        // In one line, however long the path is: that is where a program looks for it.
        Assert.Contains(
            $"\n{At("v1")}: classes person; manifest {DatasetFolder.HashOf(At("v1"))}\n",
            output,
            StringComparison.Ordinal
        );

        (code, output, errors) = Run(
            "stats",
            At("v1"),
            "--plot",
            At("s.png"),
            "--json",
            At("s.json")
        );

        Assert.Equal((0, ""), (code, errors));
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Assert.Matches(@"edge-1/gate +\d+ +\d+ +\d+ +2026-03-01 12:00", output);
        JsonNode statistics = JsonNode.Parse(File.ReadAllText(At("s.json")))!;
        int images = DatasetFolder.Open(At("v1")).Items.Count;
        Assert.Equal(images, statistics["hours"]![12]!["images"]!.GetValue<int>());
        Assert.Equal(2 * images, statistics["classes"]![0]!["objects"]!.GetValue<int>());
        Assert.Equal(2 * images, statistics["sources"]!["model"]!.GetValue<int>());
        Assert.Equal([0x89, (byte)'P'], File.ReadAllBytes(At("s.png"))[..2]);
    }

    [Fact]
    public void A_camera_to_hold_out_that_no_picture_is_of_is_told()
    {
        string pack = new TestPack()
            .AddRow("gate", 20, 1, 0)
            .AddRow("yard", 20, 1, 100)
            .Write(At("a.tar"));

        (int code, string output, string errors) = Run(
            "build",
            pack,
            "--validation-cameras",
            "edge-1/gat",
            "edge-1/yard",
            "--validation-every",
            "0",
            "--out",
            At("v1")
        );

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains(
            "\nwarning: there is no picture of edge-1/gat, which is to be held out (--validation-cameras); there are edge-1/gate, edge-1/yard\n",
            output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("no picture of edge-1/yard", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1", "v1: is a folder; name a file to write")]
    [InlineData("s.json", "s.json: is to be written twice; name another file")]
    [InlineData("nowhere/s.png", "s.png: there is no such folder to write to")]
    public void Outputs_that_cannot_be_written_are_refused_before_the_work(
        string plot,
        string message
    )
    {
        Build();

        (int code, string output, string errors) = Run(
            "stats",
            At("v1"),
            "--json",
            At("s.json"),
            "--plot",
            At(plot)
        );

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.False(File.Exists(At("s.json")));
    }

    [Fact]
    public void A_pack_that_is_refused_leaves_nothing()
    {
        File.WriteAllText(At("bad.tar"), "no tar");

        (int code, _, string errors) = Run("build", At("bad.tar"), "--out", At("v1"));

        Assert.Equal(2, code);
        Assert.Contains("bad.tar", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_folder.Path));
    }

    [Theory]
    [InlineData(
        "--block 1 --gap 2",
        "--block is 1; allowed: 1 to 31536000, and at least twice the gap (2)"
    )]
    [InlineData("--validation-every 1", "--validation-every is 1; allowed: 0, or 2 to 1000")]
    [InlineData("--near-duplicates 300", "--near-duplicates is 300; allowed: -1 to 256")]
    [InlineData("--base v0 --gap 2", "--base: a data set keeps its division")]
    [InlineData("--block 3600", "no picture is left to train on: all are held out")]
    public void Options_that_cannot_be_are_refused(string options, string message)
    {
        string pack = new TestPack().AddRow("gate", 5, 1, 0).Write(At("a.tar"));

        (int code, _, string errors) = Run([
            "build",
            pack,
            "--out",
            At("v1"),
            .. options.Split(' '),
        ]);

        Assert.Equal(2, code);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_teacher_labels_what_no_person_has_corrected()
    {
        Build();
        DatasetFolder before = DatasetFolder.Open(At("v1"));
        string corrected = before.Items[4].Image.FileName;
        before.WriteVersion(
            At("v2"),
            before.Manifest,
            () =>
                [
                    .. before.Items.Select(item =>
                        item.Image.FileName == corrected
                            ? item with
                            {
                                Image = item.Image with { Reviewed = true },
                                Annotations = [],
                            }
                            : item
                    ),
                ]
        );
        using (NetworkState state = TinyNetwork.Eager())
        {
            Checkpoint.Save(At("t.safetensors"), state, TinyNetwork.Describe());
        }

        (int code, string output, string errors) = Run([
            "label",
            At("v2"),
            "--teacher",
            At("t.safetensors"),
            "--size",
            "320",
            "--min-score",
            "0.1",
            "--out",
            At("v3"),
        ]);

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("1 corrected by a person kept", output, StringComparison.Ordinal);
        DatasetFolder after = DatasetFolder.Open(At("v3"));
        Assert.Equal("tiny", after.Manifest.Teacher!.Name);
        Assert.Equal(DatasetFolder.HashOf(At("v2")), after.Manifest.Parent);
        Assert.Empty(
            Assert.Single(after.Items, item => item.Image.FileName == corrected).Annotations
        );
        FootageAnnotation[] objects = [.. after.Items.SelectMany(item => item.Annotations)];
        Assert.NotEmpty(objects);
        Assert.All(
            objects,
            one =>
            {
                Assert.Equal(FootageAnnotation.Teacher, one.Source);
                Assert.InRange(one.Score!.Value, 0.1, 1);
            }
        );
    }

    [Fact]
    public void A_teacher_that_lacks_a_class_is_refused()
    {
        string pack = new TestPack { Label = "unicorn" }
            .AddRow("gate", 30, 1, 0)
            .Write(At("a.tar"));
        Run("build", pack, "--out", At("v1"), "--block", "5", "--gap", "1");
        using (NetworkState state = TinyNetwork.Eager())
        {
            Checkpoint.Save(At("t.safetensors"), state, TinyNetwork.Describe());
        }

        (int code, _, string errors) = Run([
            "label",
            At("v1"),
            "--teacher",
            At("t.safetensors"),
            "--size",
            "320",
            "--out",
            At("v2"),
        ]);

        Assert.Equal(2, code);
        Assert.Contains("does not know unicorn; it knows person", errors, StringComparison.Ordinal);
    }

    private (int Code, string Output, string Errors) Build()
    {
        string pack = new TestPack().AddRow("gate", 60, 1, 0).Write(At("a.tar"));
        return Run("build", pack, "--out", At("v1"), "--block", "5", "--gap", "1");
    }

    private static (int Code, string Output, string Errors) Run(params string[] arguments) =>
        CommandLine.Invoke(DatasetCommand.Create(), arguments);

    private string At(string name) => Path.Combine(_folder.Path, name);
}
