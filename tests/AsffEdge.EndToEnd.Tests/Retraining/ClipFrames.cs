using AsffEdge.EndToEnd.Tests.Fixtures;
using OpenCvSharp;

namespace AsffEdge.EndToEnd.Tests.Retraining;

/// <summary>Tells which frame of the clip a picture shows, although a camera has compressed it and an agent once more.</summary>
internal sealed class ClipFrames : IDisposable
{
    // People who walk differ between neighbouring frames by more than a compression does, at this size too.
    private static readonly Size Compared = new(256, 192);

    private readonly List<(int Number, Mat Grey)> _frames = [];

    private ClipFrames() { }

    /// <summary>Decodes frames of the clip.</summary>
    /// <param name="first">The first one's number, from 1.</param>
    /// <param name="last">The last one's.</param>
    public static ClipFrames Read(int first, int last)
    {
        using VideoCapture video = new(TestPaths.Clip);
        ClipFrames frames = new();
        using Mat frame = new();
        for (int number = 1; number <= last && video.Read(frame); number++)
        {
            if (number >= first)
            {
                frames._frames.Add((number, Reduce(frame)));
            }
        }

        return frames;
    }

    /// <summary>A frame of the clip in full, 8UC3 BGR, to be disposed by the caller.</summary>
    /// <param name="number">Its number, from 1.</param>
    public static Mat ReadOne(int number)
    {
        using VideoCapture video = new(TestPaths.Clip);
        Mat frame = new();
        for (int i = 0; i < number; i++)
        {
            Assert.True(video.Read(frame), $"{TestPaths.Clip} has no frame {number}");
        }

        return frame;
    }

    /// <summary>The number of the frame that looks most like a picture.</summary>
    /// <param name="file">The picture.</param>
    public int NumberOf(string file)
    {
        using Mat picture = Cv2.ImRead(file);
        using Mat grey = Reduce(picture);
        return _frames.MinBy(frame => Cv2.Norm(frame.Grey, grey, NormTypes.L1)).Number;
    }

    public void Dispose() => _frames.ForEach(frame => frame.Grey.Dispose());

    private static Mat Reduce(Mat picture)
    {
        using Mat grey = new();
        Cv2.CvtColor(picture, grey, ColorConversionCodes.BGR2GRAY);
        Mat reduced = new();
        Cv2.Resize(grey, reduced, Compared, interpolation: InterpolationFlags.Area);
        return reduced;
    }
}
