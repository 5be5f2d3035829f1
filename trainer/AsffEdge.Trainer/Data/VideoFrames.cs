using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>
/// Chosen frames of a video, decoded once and kept in memory, because seeking in compressed video for every sample would
/// cost more than training on it. Raw while they fit into the budget, JPEG at quality 95 beyond.
/// </summary>
public sealed class VideoFrames : IDisposable
{
    /// <summary>Bytes up to which frames stay raw.</summary>
    public const long RawBudget = 2L << 30;

    private readonly Dictionary<int, Mat> _frames = [];
    private readonly bool _compressed;

    private VideoFrames(bool compressed) => _compressed = compressed;

    /// <summary>The size of the frames in pixels.</summary>
    public Size Size { get; private set; }

    /// <summary>Decodes the wanted frames, numbered from 1; those beyond the video's end are not there afterwards.</summary>
    /// <exception cref="InvalidDatasetException">The file is no video.</exception>
    public static VideoFrames Decode(
        string path,
        IReadOnlySet<int> wanted,
        long rawBudget = RawBudget
    )
    {
        using var capture = new VideoCapture(path, VideoCaptureAPIs.FFMPEG);
        if (!capture.IsOpened())
        {
            throw new InvalidDatasetException($"{path}: cannot be opened as a video");
        }

        long rawBytes = 3L * capture.FrameWidth * capture.FrameHeight * wanted.Count;
        var frames = new VideoFrames(rawBytes > rawBudget);
        int last = wanted.Count == 0 ? 0 : wanted.Max();
        using var frame = new Mat();
        for (int number = 1; number <= last && capture.Grab(); number++)
        {
            if (wanted.Contains(number) && capture.Retrieve(frame) && !frame.Empty())
            {
                frames.Size = frame.Size();
                frames._frames[number] = frames._compressed ? Compress(frame) : frame.Clone();
            }
        }

        return frames;
    }

    public bool Contains(int number) => _frames.ContainsKey(number);

    /// <summary>A frame as 8UC3 BGR, to be disposed by the caller; raw frames share the cache's pixels, so it is read only.</summary>
    public Mat Load(int number)
    {
        Mat stored = _frames[number];
        return _compressed
            ? Cv2.ImDecode(stored, ImreadModes.Color)
            : new Mat(stored, new Rect(0, 0, stored.Width, stored.Height));
    }

    public void Dispose()
    {
        foreach (Mat frame in _frames.Values)
        {
            frame.Dispose();
        }
    }

    private static Mat Compress(Mat frame)
    {
        Cv2.ImEncode(
            ".jpg",
            frame,
            out byte[] bytes,
            new ImageEncodingParam(ImwriteFlags.JpegQuality, 95)
        );
        using Mat header = Mat.FromPixelData(1, bytes.Length, MatType.CV_8UC1, bytes);
        return header.Clone();
    }
}
