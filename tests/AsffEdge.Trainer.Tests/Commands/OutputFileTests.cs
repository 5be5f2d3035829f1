using System.CommandLine;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Commands.Datasets;
using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Footage;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>Outputs that would cost what is there already: refused before the work, and nothing is touched.</summary>
public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_is_read_is_not_written_over()
    {
        using (NetworkState state = TinyNetwork.Eager())
        {
            Checkpoint.Save(At("tiny.safetensors"), state, TinyNetwork.Describe());
        }

        _folder.Write("log.csv", "epoch,total\n1,9\n2,5\n");
        string tiny = At("tiny.safetensors");
        Refused(ExportCommand.Create(), tiny, "read as well", tiny, "--out", tiny);
        Refused(PredictCommand.Create(), tiny, "read as well", tiny, "a.png", "--out", tiny);
        Refused(ImportCommand.Create(), tiny, "read as well", tiny, "--out", tiny);
        Refused(
            CompareCommand.Create(),
            tiny,
            "read as well",
            tiny,
            "new.onnx",
            "--data",
            "v1",
            "--json",
            tiny
        );
        Refused(
            EvaluateCommand.Create(),
            tiny,
            "read as well",
            "model.onnx",
            "--data",
            tiny,
            "--json",
            tiny
        );
        Refused(
            ImportTableCommand.Create(),
            tiny,
            "read as well",
            "--detections",
            tiny,
            "--video",
            "clip.avi",
            "--out",
            tiny
        );
        Refused(
            PlotCommand.Create(),
            At("log.csv"),
            "read as well",
            At("log.csv"),
            "--out",
            At("log.csv")
        );
    }

    [Fact]
    public void A_part_of_a_data_set_is_not_written_over()
    {
        new DatasetBuilder(
            new BuildOptions(new SplitOptions(4, 0, 0, []), NearBits: -1, TakeUnmasked: false)
        ).Build(
            [new TestPack().AddRow("gate", 4, 1, 0).Write(At("a.tar"))],
            At("v1"),
            (_, _) => { },
            TestContext.Current.CancellationToken
        );
        string part = At("v1/train.json");

        Refused(
            DatasetCommand.Create(),
            part,
            "part of a data set",
            "export",
            At("v1"),
            "--out",
            part
        );
        Refused(
            DatasetCommand.Create(),
            part,
            "part of a data set",
            "stats",
            At("v1"),
            "--json",
            part
        );

        DatasetFolder.Open(At("v1")).VerifyPictures(DatasetPart.Train);
    }

    [Fact]
    public void A_run_is_not_trained_into_a_file()
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        string config = _folder.Write(
            "c.yaml",
            """
            model: { variant: mobilenetv2_asff, backbone_width: 0.1, neck_width: 0.1 }
            data: { train: data.json, images: pictures }
            batch_size: 2
            sizes: [320]
            """
        );
        Refused(
            TrainCommand.Create(),
            config,
            "is a file; name a folder for the run",
            "--config",
            config,
            "--out",
            config
        );
    }

    /// <summary>None ends the process from within the tensor library, and very many make it hang.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100_000)]
    public void Threads_that_cannot_be_are_refused(int threads)
    {
        RectangleDataset.WriteFiles(_folder.Path, count: 4);
        string config = _folder.Write(
            "c.yaml",
            "data: { train: data.json, images: pictures }\nbatch_size: 2\n"
        );

        (int code, _, string errors) = CommandLine.Invoke(
            TrainCommand.Create(),
            "--config",
            config,
            "--out",
            At("run"),
            "--threads",
            $"{threads}"
        );

        Assert.Equal((2, $"--threads is {threads}; allowed: 1 to 1024\n"), (code, errors));
        Assert.False(Directory.Exists(At("run")));
    }

    private static void Refused(
        Command command,
        string file,
        string reason,
        params string[] arguments
    )
    {
        byte[] before = File.ReadAllBytes(file);

        (int code, _, string errors) = CommandLine.Invoke(command, arguments);

        Assert.True(code == 2, $"{command.Name}: exit code {code}: {errors}");
        Assert.StartsWith($"{file}: ", errors, StringComparison.Ordinal);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(file));
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
