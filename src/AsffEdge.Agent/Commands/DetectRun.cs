using System.Diagnostics;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Drawing;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using OpenCvSharp;

namespace AsffEdge.Agent.Commands;

/// <summary>How <c>asff-edge detect</c> was asked to work.</summary>
/// <param name="Size">Network input size in pixels.</param>
/// <param name="Score">Least score that is reported, 0..1.</param>
/// <param name="Nms">IoU above which the weaker of two boxes of a class is dropped, 0..1.</param>
/// <param name="Every">Of videos and streams, every how many frames one is inferred.</param>
/// <param name="Limit">Frames inferred at most of each video and stream; null: all.</param>
internal sealed record DetectSettings(int Size, float Score, float Nms, int Every, long? Limit);

/// <summary>Detects in pictures, videos and streams, one after the other; what fails is reported and the rest goes on.</summary>
internal sealed class DetectRun : IDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private readonly Detector _detector;
    private readonly DetectSettings _settings;
    private readonly AnnotatedOutput? _drawn;
    private readonly TextWriter _lines;
    private readonly TextWriter _messages;
    private readonly bool _showProgress;
    private readonly DetectedObject[] _objects;
    private readonly DetectNetwork _network;
    private readonly Mat _canvas = new();
    private long _progressAt;

    public DetectRun(
        Detector detector,
        DetectSettings settings,
        AnnotatedOutput? drawn,
        TextWriter lines,
        TextWriter messages,
        bool showProgress
    )
    {
        _detector = detector;
        _settings = settings;
        _drawn = drawn;
        _lines = lines;
        _messages = messages;
        _showProgress = showProgress;
        _objects = new DetectedObject[detector.MaxDetections];
        _network = new DetectNetwork(
            settings.Size,
            detector.Manifest.Name,
            detector.Manifest.Version,
            detector.Provider
        );
    }

    /// <summary>Works on everything that the arguments name.</summary>
    /// <returns>Whether all of it went well.</returns>
    public bool Run(IEnumerable<string> arguments, CancellationToken ct)
    {
        int failures = 0;
        foreach (string argument in arguments)
        {
            IReadOnlyList<DetectInput> inputs = [];
            failures += Try(() => inputs = DetectInput.Expand(argument));
            foreach (DetectInput input in inputs)
            {
                failures += Try(() => Process(input, ct));
            }
        }

        return failures == 0;
    }

    /// <inheritdoc />
    public void Dispose() => _canvas.Dispose();

    /// <summary>Does a piece of work and says what went wrong with it.</summary>
    /// <returns>1 for a failure, 0 for none.</returns>
    private int Try(Action work)
    {
        try
        {
            work();
            return 0;
        }
        catch (Exception error)
            when (error
                    is CameraException
                        or OpenCVException
                        or IOException
                        or FormatException
                        or UnauthorizedAccessException
            )
        {
            EndProgress();
            _messages.WriteLine($"asff-edge: {error.Message}");
            return 1;
        }
        finally
        {
            _drawn?.EndInput();
        }
    }

    private void Process(DetectInput input, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
        {
            return;
        }

        if (input.IsPicture)
        {
            ProcessPicture(input.Address.Value);
        }
        else
        {
            ProcessVideo(input.Address, ct);
        }
    }

    private void ProcessPicture(string path)
    {
        using Mat picture = Cv2.ImRead(path, ImreadModes.Color);
        if (picture.Empty())
        {
            throw new IOException($"{path}: is no picture that can be decoded");
        }

        int count = Detect(path, 1, picture, picture.Width, picture.Height);
        if (_drawn is not null)
        {
            DetectionOverlay.Draw(picture, _objects.AsSpan(0, count), _detector.Manifest.Labels);
            _drawn.WritePicture(path, picture);
        }
    }

    private void ProcessVideo(SourceAddress address, CancellationToken ct)
    {
        using IFrameSource source = Open(address);
        using CancellationTokenRegistration cancellation = ct.Register(source.Cancel);
        using var frame = new CapturedFrame();
        double? fps = source is VideoCaptureSource video ? video.Fps / _settings.Every : null;
        long started = Stopwatch.GetTimestamp();
        long number = 0;
        long next = 1;
        long inferred = 0;
        while (inferred < (_settings.Limit ?? long.MaxValue) && source.Read(frame))
        {
            // Of a stream, frames may have been lost between.
            number = Math.Max(number + 1, frame.Number);
            if (number < next)
            {
                continue;
            }

            next = number + _settings.Every;
            int count = Detect(
                address.Display,
                number,
                frame.Picture,
                frame.SourceWidth,
                frame.SourceHeight
            );
            inferred++;
            if (_drawn is not null)
            {
                frame.Picture.CopyTo(_canvas);
                DetectionOverlay.Draw(
                    _canvas,
                    _objects.AsSpan(0, count),
                    _detector.Manifest.Labels
                );
                _drawn.WriteVideoFrame(address.Display, _canvas, fps);
            }

            ShowProgress(address, inferred, Stopwatch.GetElapsedTime(started));
        }

        EndProgress();
    }

    /// <summary>Opened without loop and without pause, in full size.</summary>
    private static IFrameSource Open(SourceAddress address) =>
        address.Kind == SourceKind.Rtsp
            ? new LatestFrames(() =>
                new FfmpegSource(
                    address,
                    "tcp",
                    int.MaxValue,
                    null,
                    PrivacyMask.None,
                    TimeProvider.System
                )
            )
            : new VideoCaptureSource(
                address,
                loop: false,
                realTime: false,
                int.MaxValue,
                maxFps: null,
                PrivacyMask.None,
                TimeProvider.System
            );

    private int Detect(string source, long number, Mat picture, int width, int height)
    {
        int count = _detector.Detect(
            picture,
            _settings.Size,
            _settings.Score,
            _settings.Nms,
            _objects,
            out DetectTimings timings
        );
        var line = new DetectLine(
            source,
            number,
            new FrameSize(width, height),
            _network,
            new DetectLatency(
                Math.Round(timings.PreprocessMs, 1),
                Math.Round(timings.InferenceMs, 1),
                Math.Round(timings.PostprocessMs, 1)
            ),
            [
                .. _objects
                    .Take(count)
                    .Select(found => DetectLine.Describe(found, _detector.Manifest.Labels)),
            ]
        );
        _lines.WriteLine(line.ToJson());
        return count;
    }

    private void ShowProgress(SourceAddress address, long inferred, TimeSpan elapsed)
    {
        if (_showProgress && Stopwatch.GetElapsedTime(_progressAt) >= ProgressInterval)
        {
            _progressAt = Stopwatch.GetTimestamp();
            _messages.Write(
                $"\r\e[K{address.Display}: {inferred} frames, {inferred / elapsed.TotalSeconds:0.0} a second"
            );
        }
    }

    private void EndProgress()
    {
        if (_showProgress && _progressAt != 0)
        {
            _messages.Write("\r\e[K");
            _progressAt = 0;
        }
    }
}
