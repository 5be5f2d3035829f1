using AsffEdge.Trainer.Commands;
using AsffEdge.Trainer.Tests.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>Curves as pictures, looked at through their pixels.</summary>
public sealed class PlotCommandTests : IDisposable
{
    // ScottPlot's first two colours of Category10, BGR.
    private static readonly Scalar Blue = new(180, 119, 31);
    private static readonly Scalar Orange = new(14, 127, 255);

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Every_run_is_drawn_in_a_colour_of_its_own()
    {
        string first = _folder.Write("first.csv", "epoch,total,ap,ap50\n1,9,,\n2,5,0.1,0.3\n");
        string second = _folder.Write("second.csv", "epoch,total\n1,8\n2,4\n");
        using Mat one = Plot(first);
        using Mat both = Plot(first, second);
        Assert.Equal(new Size(1120, 300), both.Size());
        Assert.InRange(Pixels(one, Blue), 100, 20_000);
        Assert.InRange(Pixels(both, Blue), 100, 20_000);
        Assert.Equal(0, Pixels(one, Orange));
        Assert.InRange(Pixels(both, Orange), 50, 10_000);

        // The second panel holds the precision, which the second run has not got.
        using var precision = new Mat(both, new Rect(560, 0, 560, 300));
        Assert.InRange(Pixels(precision, Blue), 8, 10_000);
        Assert.Equal(0, Pixels(precision, Orange));
    }

    [Fact]
    public void Other_numbers_give_another_picture()
    {
        using Mat falling = Plot(_folder.Write("log.csv", "epoch,total\n1,100\n2,1\n"));
        using Mat rising = Plot(_folder.Write("log.csv", "epoch,total\n1,1\n2,100\n"));
        using var difference = new Mat();
        Cv2.Absdiff(falling, rising, difference);
        using Mat grey = difference.CvtColor(ColorConversionCodes.BGR2GRAY);
        Assert.True(Cv2.CountNonZero(grey) > 300);
    }

    [Fact]
    public void What_cannot_be_drawn_is_named_and_leaves_the_old_picture()
    {
        string picture = _folder.Write("curves.png", "old");
        (string, string)[] cases =
        [
            ("gone", "gone: expected the folder of a training"),
            (_folder.Write("bad.csv", "epoch,total\n1,x\n"), "bad.csv:2"),
            (_folder.Write("none.csv", "epoch,seconds\n1,2\n"), "none.csv: no curve to draw"),
        ];
        foreach ((string run, string message) in cases)
        {
            (int code, _, string errors) = CommandLine.Invoke(
                PlotCommand.Create(),
                run,
                "--out",
                picture
            );
            Assert.Equal(1, code);
            Assert.Contains(message, errors);
        }

        Assert.Equal("old", File.ReadAllText(picture));
    }

    public void Dispose() => _folder.Dispose();

    private Mat Plot(params string[] runs)
    {
        string picture = Path.Combine(_folder.Path, "curves.png");
        (int code, string output, string errors) = CommandLine.Invoke(
            PlotCommand.Create(),
            [.. runs, "--out", picture]
        );
        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith($"{picture}: ", output);
        return Cv2.ImRead(picture);
    }

    private static int Pixels(Mat picture, Scalar colour)
    {
        using var found = new Mat();
        Cv2.InRange(picture, Near(colour, -12), Near(colour, 12), found);
        return Cv2.CountNonZero(found);
    }

    private static Scalar Near(Scalar colour, double by) =>
        new(colour.Val0 + by, colour.Val1 + by, colour.Val2 + by);
}
