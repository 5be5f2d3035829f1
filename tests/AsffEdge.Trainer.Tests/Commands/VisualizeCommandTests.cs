using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Data;
using AsffEdge.Trainer.Tests.Visualization;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>The pictures that a user gets.</summary>
public sealed class VisualizeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_picture_and_a_frame_become_a_sheet_each_and_a_file_for_each_map()
    {
        Save(TinyNetwork.Configuration);
        using (Mat picture = FusionProbeTests.Noise())
        {
            Cv2.ImWrite(At("street.png"), picture);
        }

        string clip = _folder.WriteVideo("clip.avi", frames: 3);
        (int code, string output, string errors) = CommandLine.Invoke(
            VisualizeCommand.Create(),
            At("c.safetensors"),
            At("street.png"),
            $"{clip}#2",
            "--size",
            "320",
            "--score",
            "0.99",
            "--separate",
            "--out",
            At("seen")
        );
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(2, output.Trim().Split('\n').Length);
        string[] parts =
        [
            "-detections",
            .. Enumerable
                .Range(0, 3)
                .SelectMany(level =>
                    (string[])
                        [
                            $"-level{level}-weight0",
                            $"-level{level}-weight1",
                            $"-level{level}-weight2",
                            $"-level{level}-activation",
                        ]
                ),
            "",
        ];
        Assert.Equal(
            ((string[])["clip-000002", "street"])
                .SelectMany(stem => parts.Select(part => $"{stem}{part}.png"))
                .Order(StringComparer.Ordinal),
            Directory
                .GetFiles(At("seen"))
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal)
        );

        using Mat sheet = Cv2.ImRead(At("seen/street.png"));
        Assert.True(sheet.Width is > 1200 and < 2400 && sheet.Height is > 500 and < 1000);
        using Mat part = Cv2.ImRead(At("seen/street-level1-weight2.png"));
        Assert.Equal(new Size(240, 180), part.Size());
        Assert.True(IsOnSheet(part, sheet), "the sheet does not show the map");

        // Nothing is found at that score, so the frame is as it was: grey of brightness 40, less what its compression cost.
        using Mat frame = Cv2.ImRead(At("seen/clip-000002-detections.png"));
        Assert.Equal(new Size(96, 64), frame.Size());
        Assert.InRange(frame.At<Vec3b>(32, 48)[1], 37, 43);
    }

    [Fact]
    public void Without_fusion_weights_the_rest_is_drawn_and_it_says_so()
    {
        Save(Variants.Create("mobilenetv2", 1) with { BackboneWidth = 0.1, NeckWidth = 0.1 });
        _folder.WriteImage("street.png", 64, 48, new Scalar(10, 200, 60));
        (int code, string output, string errors) = CommandLine.Invoke(
            VisualizeCommand.Create(),
            At("c.safetensors"),
            At("street.png"),
            "--size",
            "320",
            "--separate",
            "--out",
            At("seen")
        );
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("no fusion weights", output);
        Assert.Equal(5, Directory.GetFiles(At("seen")).Length);
    }

    [Fact]
    public void Mistakes_are_named_and_have_their_exit_codes()
    {
        Save(TinyNetwork.Configuration);
        _folder.WriteImage("street.png", 64, 48, Scalar.White);
        string clip = _folder.WriteVideo("clip.avi", frames: 3);
        string text = _folder.Write("no.png", "not a picture");
        (string Checkpoint, string[] Others, int Code, string Message)[] cases =
        [
            ("c.safetensors", [$"{clip}#9"], 1, $"frame 9 is not in the video {clip}"),
            ("c.safetensors", [text], 1, "no.png: cannot be read as an image"),
            ("c.safetensors", [At("gone.png")], 1, "gone.png: no such file"),
            ("c.safetensors", [At("street.png"), At("street.png")], 2, "street.png; give them"),
            ("c.safetensors", [At("street.png"), "--size", "333"], 2, "333"),
            ("c.safetensors", [At("street.png"), "--score", "2"], 2, "--score is 2"),
            ("no.png", [At("street.png")], 1, "no.png"),
        ];
        foreach ((string checkpoint, string[] rest, int expected, string message) in cases)
        {
            (int code, _, string errors) = CommandLine.Invoke(
                VisualizeCommand.Create(),
                [At(checkpoint), .. rest, "--out", At("seen")]
            );
            Assert.Equal(expected, code);
            Assert.Contains(message, errors);
        }
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void Save(NetworkConfiguration network)
    {
        using NetworkState state = NetworkState.Initialise(network, seed: 1);
        Checkpoint.Save(
            At("c.safetensors"),
            state,
            TinyNetwork.Describe() with
            {
                Network = network,
            }
        );
    }

    private static bool IsOnSheet(Mat part, Mat sheet)
    {
        using var scores = new Mat();
        Cv2.MatchTemplate(sheet, part, scores, TemplateMatchModes.CCoeffNormed);
        Cv2.MinMaxLoc(scores, out _, out double best);
        return best > 0.999;
    }
}
