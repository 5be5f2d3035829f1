using AsffEdge.Detection;
using OpenCvSharp;

namespace AsffEdge.Agent.Cameras;

/// <summary>
/// A video file or a Video4Linux device, read through OpenCV. A file is played at its own frame rate, as a camera would
/// give it, or as fast as its consumer takes the frames; once or in a loop.
/// </summary>
public sealed class VideoCaptureSource : IFrameSource
{
    private const double AssumedFps = 25;

    /// <summary>Behind by more than this many seconds, playing in real time starts counting anew instead of racing.</summary>
    private const double LateLimit = 1;

    private readonly SourceAddress _address;
    private readonly bool _loop;
    private readonly bool _paced;
    private readonly int _shorterSide;
    private readonly double _framesPerRead;
    private readonly double _fps;
    private readonly PrivacyMask _mask;
    private readonly TimeProvider _time;
    private readonly VideoCapture _capture;
    private readonly Mat _full = new();
    private readonly ManualResetEvent _cancelled = new(false);
    private long _startedAt;
    private long _played;
    private long _decoded;

    // Its warnings say less than our own errors, and go to standard error past the log.
    static VideoCaptureSource() => Cv2.SetLogLevel(OpenCvSharp.LogLevel.ERROR);

    /// <summary>Opens it.</summary>
    /// <param name="address">A file or a device.</param>
    /// <param name="loop">Files: start again at the end.</param>
    /// <param name="realTime">Files: play at the file's frame rate.</param>
    /// <param name="shorterSide">Pictures whose shorter side has more pixels are scaled down to this, keeping their shape.</param>
    /// <param name="maxFps">Frames a second passed on at most (files: of their own time); null: all.</param>
    /// <param name="mask">Blackens every picture before anyone else has it.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CameraException">There is no such file or device, or no video in it that can be decoded.</exception>
    public VideoCaptureSource(
        SourceAddress address,
        bool loop,
        bool realTime,
        int shorterSide,
        double? maxFps,
        PrivacyMask mask,
        TimeProvider time
    )
    {
        _address = address;
        _shorterSide = shorterSide;
        _mask = mask;
        _time = time;
        bool file = address.Kind == SourceKind.File;
        _loop = file && loop;
        _paced = file && realTime;
        IsLive = !file || realTime;
        if (!(file ? File.Exists(address.Value) : Path.Exists(address.Value)))
        {
            throw new CameraException(
                CameraState.Error,
                CameraReason.NotFound,
                $"{address.Display}: no such {(file ? "file" : "device")}"
            );
        }

        _capture = file
            ? new VideoCapture(address.Value, VideoCaptureAPIs.FFMPEG)
            : new VideoCapture(address.DeviceIndex, VideoCaptureAPIs.V4L2);
        if (!_capture.IsOpened())
        {
            Dispose();
            throw new CameraException(
                CameraState.Error,
                CameraReason.Unsupported,
                file
                    ? $"{address.Display}: is no video that can be decoded"
                    : $"{address.Display}: the device cannot be opened (is it in use, or is access denied?)"
            );
        }

        double fps = _capture.Fps;
        _fps = double.IsFinite(fps) && fps is > 0.01 and <= 1000 ? fps : AssumedFps;
        _framesPerRead = maxFps is double limit ? Math.Max(1, _fps / limit) : 1;
    }

    /// <summary>Frames a second of the file or device (25 where it does not say).</summary>
    public double Fps => _fps;

    /// <inheritdoc />
    public bool IsLive { get; }

    /// <inheritdoc />
    public bool IsCamera => _address.Kind == SourceKind.Device;

    /// <inheritdoc />
    public long DecodeErrors => 0;

    /// <inheritdoc />
    public bool Read(CapturedFrame frame)
    {
        if (_cancelled.WaitOne(0) || !Decode(frame.Picture, out int width, out int height))
        {
            return false;
        }

        if (_paced && !WaitForItsTime())
        {
            return false;
        }

        long now = _time.GetTimestamp();
        frame.SourceWidth = width;
        frame.SourceHeight = height;
        frame.CompletedAt = now;
        frame.CapturedUtc = _time.GetUtcNow().UtcDateTime;
        frame.TimestampSource = "host";
        frame.Age = TimeSpan.Zero;
        frame.Damaged = false;
        return true;
    }

    /// <inheritdoc />
    public void Cancel() => _cancelled.Set();

    /// <inheritdoc />
    public void Dispose()
    {
        _capture.Dispose();
        _full.Dispose();
    }

    private bool Decode(Mat picture, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (!Advance())
        {
            return false;
        }

        bool whole = Math.Min(_capture.FrameWidth, _capture.FrameHeight) <= _shorterSide;
        Mat target = whole ? picture : _full;
        if (!_capture.Retrieve(target) || target.Empty())
        {
            throw new CameraException(
                CameraState.Offline,
                CameraReason.Failed,
                $"{_address.Display}: frame {_decoded} cannot be decoded"
            );
        }

        (width, height) = (target.Width, target.Height);
        if (!whole)
        {
            Shrink(_full, picture, _shorterSide);
        }

        _mask.Apply(picture);

        return true;
    }

    /// <summary>Moves to the next frame that is to be passed on.</summary>
    private bool Advance()
    {
        long target = (long)Math.Ceiling(_played * _framesPerRead) + 1;
        while (_decoded < target)
        {
            if (!_capture.Grab() && !Rewind())
            {
                return false;
            }

            _decoded++;
        }

        _played++;
        return true;
    }

    /// <summary>At the end: back to the first frame, or nothing more.</summary>
    private bool Rewind()
    {
        if (_decoded == 0)
        {
            throw new CameraException(
                CameraState.Error,
                CameraReason.NoFrames,
                $"{_address.Display}: holds no frame that can be decoded"
            );
        }

        if (_address.Kind == SourceKind.Device)
        {
            throw new CameraException(
                CameraState.Offline,
                CameraReason.TimedOut,
                $"{_address.Display}: the device gives no frames"
            );
        }

        return _loop && _capture.Set(VideoCaptureProperties.PosFrames, 0) && _capture.Grab();
    }

    private bool WaitForItsTime()
    {
        long now = _time.GetTimestamp();
        if (_played == 1)
        {
            _startedAt = now;
        }

        double due = (_decoded - 1) / _fps;
        double early = due - _time.GetElapsedTime(_startedAt, now).TotalSeconds;
        if (early < -LateLimit)
        {
            _startedAt += (long)(-early * _time.TimestampFrequency);
        }

        // Whole milliseconds, rounded: finer waits do not exist, and the error does not add up.
        return early <= 0 || !_cancelled.WaitOne((int)Math.Round(early * 1000));
    }

    private static void Shrink(Mat from, Mat to, int shorterSide)
    {
        double scale = (double)shorterSide / Math.Min(from.Width, from.Height);
        var size = new Size(
            Math.Max(1, (int)Math.Round(from.Width * scale)),
            Math.Max(1, (int)Math.Round(from.Height * scale))
        );
        Resizing.Resize(from, to, size, InterpolationFlags.Area);
    }
}
