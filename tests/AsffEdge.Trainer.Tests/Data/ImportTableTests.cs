using System.CommandLine;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Tests.Data;

public sealed class ImportTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Makes_a_data_set_of_the_frames_in_range()
    {
        string video = _folder.WriteVideo("clip.avi", 5);
        string table = _folder.Write(
            "table.txt",
            """
            1,-1,1,1,10,10,0.9,-1,-1,-1
            2,-1,-5,50.5,20,20,0.9,-1,-1,-1
            2,-1,10,10,20,20,0.4,-1,-1,-1

            4,-1,100,10,20,20,0.9,-1,-1,-1
            5,-1,1,1,10,10,0.9,-1,-1,-1
            """
        );
        string json = Path.Combine(_folder.Path, "train.json");

        int code = Run(
            "--detections",
            table,
            "--video",
            video,
            "--from",
            "2",
            "--to",
            "4",
            "--out",
            json
        );

        Assert.Equal(0, code);
        using LabelledDataset dataset = LabelledDataset.Open(json, video);
        Assert.Equal(3, dataset.Count);
        Assert.Equal(["person"], dataset.Labels);
        using Sample second = dataset.Load(0);
        Assert.Equal("clip.avi#000002", second.Name);
        Assert.Equal([new LabelledBox(0, 0, 50.5f, 15, 13.5f)], second.Boxes);
        using Sample fourth = dataset.Load(2);
        Assert.Empty(fourth.Boxes);
    }

    [Theory]
    [InlineData("0", "4")]
    [InlineData("3", "2")]
    [InlineData("1", "6")]
    public void Refuses_frames_that_are_not_there(string from, string to)
    {
        string video = _folder.WriteVideo("clip.avi", 5);
        string table = _folder.Write("table.txt", "1,-1,1,1,10,10,0.9,-1,-1,-1");
        string json = Path.Combine(_folder.Path, "train.json");

        Assert.Equal(
            2,
            Run("--detections", table, "--video", video, "--from", from, "--to", to, "--out", json)
        );
        Assert.False(File.Exists(json));
    }

    [Theory]
    [InlineData("0,-1,1,1,10,10,0.9")]
    [InlineData("1,-1,1,1,10,10")]
    [InlineData("1,-1,1,NaN,10,10,0.9")]
    [InlineData("one,-1,1,1,10,10,0.9")]
    public void Names_the_line_that_is_no_row(string line)
    {
        string table = _folder.Write("table.txt", "1,-1,1,1,10,10,0.9\n" + line);

        string message = Assert.Throws<DatasetException>(() => MotTable.Read(table)).Message;

        Assert.Contains($"{table}: line 2 is '{line}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fails_on_a_table_or_a_video_that_is_not_there()
    {
        string video = _folder.WriteVideo("clip.avi", 1);
        string table = _folder.Write("table.txt", "");
        string json = Path.Combine(_folder.Path, "train.json");

        Assert.Equal(1, Run("--detections", "absent.txt", "--video", video, "--out", json));
        Assert.Equal(1, Run("--detections", table, "--video", "absent.avi", "--out", json));
    }

    private static int Run(params string[] arguments) =>
        ImportTableCommand
            .Create()
            .Parse(arguments)
            .Invoke(
                new InvocationConfiguration { Output = TextWriter.Null, Error = TextWriter.Null }
            );
}
