using System.ComponentModel;
using OpenCvSharp;

namespace AsffEdge.Agent.Cameras;

/// <summary>
/// A network stream read by an ffmpeg child, which decodes, scales and pipes raw pictures. A child, because OpenCV's own
/// RTSP cannot be relied on (the packaged build has none, and elsewhere it freezes on a change of size), and because a
/// decoder that hangs or crashes must not take the other cameras along. The child ends with the thread that made it.
/// </summary>
public sealed class FfmpegSource : IFrameSource
{
    /// <summary>Until the first frame: the connection, the analysis of the stream, and the wait for a key frame.</summary>
    private static readonly TimeSpan FirstFrameDeadline = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan ShortestDeadline = TimeSpan.FromSeconds(5);
    private const int DeadlineInFrames = 10;

    /// <summary>
    /// How much longer than our deadline ffmpeg waits on its socket. Longer, because at its own time-out it gives out the
    /// frames it still holds, one a time-out, which would look like a camera that lives; but it must have one, or a server
    /// that accepts a connection and says nothing is waited for without end.
    /// </summary>
    private static readonly TimeSpan SocketMargin = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait in one piece: so soon are a cancellation, and the end of a child whose pipes others hold, noticed.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);

    /// <summary>For what a child that has closed its pictures may still say.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly SourceAddress _address;
    private readonly PrivacyMask _mask;
    private readonly TimeProvider _time;
    private readonly PtsClock _clock;
    private readonly FfmpegLog _log = new(FfmpegCommand.DecoderThreads);
    private readonly byte[] _errorBuffer = new byte[4096];
    private readonly ChildProcess _child;
    private readonly double? _maxFps;
    private volatile bool _cancelled;
    private bool _hadFrames;
    private long _progressAt;
    private double _frameSeconds;

    /// <summary>Starts the child. Returns before anything has been received.</summary>
    /// <param name="address">An <c>rtsp://</c> or <c>rtsps://</c> address.</param>
    /// <param name="transport"><c>tcp</c> or <c>udp</c>.</param>
    /// <param name="shorterSide">Pictures whose shorter side has more pixels are scaled down to this, keeping their shape.</param>
    /// <param name="maxFps">Frames a second passed on at most; null: all.</param>
    /// <param name="mask">Blackens every picture before anyone else has it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="program">The program, on the <c>PATH</c> or by its path.</param>
    /// <exception cref="CameraException">The child cannot be started.</exception>
    public FfmpegSource(
        SourceAddress address,
        string transport,
        int shorterSide,
        double? maxFps,
        PrivacyMask mask,
        TimeProvider time,
        string program = "ffmpeg"
    )
    {
        _address = address;
        _mask = mask;
        _time = time;
        _maxFps = maxFps;
        _clock = new PtsClock(time);
        _progressAt = time.GetTimestamp();
        try
        {
            _child = new ChildProcess(
                program,
                FfmpegCommand.Arguments(shorterSide, maxFps),
                FfmpegCommand.Playlist(address, transport, maxFps, SocketTimeout)
            );
        }
        catch (Win32Exception error)
        {
            throw new CameraException(
                CameraState.Error,
                CameraReason.NoFfmpeg,
                $"{address.Display}: cannot start ffmpeg through setsid and setpriv (package util-linux): {error.Message}",
                error
            );
        }
    }

    /// <inheritdoc />
    public bool IsLive => true;

    /// <inheritdoc />
    public bool IsCamera => true;

    /// <inheritdoc />
    public long DecodeErrors => _log.DecodeErrors;

    /// <summary>The child's process id.</summary>
    internal int ProcessId => _child.Id;

    /// <inheritdoc />
    public bool Read(CapturedFrame frame)
    {
        if (!ReadHeader(out PictureHeader header) || !ReadPicture(frame.Picture, header))
        {
            return false;
        }

        _mask.Apply(frame.Picture);
        long now = _time.GetTimestamp();
        if (_hadFrames)
        {
            // A slow average from zero: one late frame must not make the next deadline long.
            double seconds = _time.GetElapsedTime(_progressAt, now).TotalSeconds;
            _frameSeconds += 0.1 * (seconds - _frameSeconds);
        }

        _hadFrames = true;
        _progressAt = now;
        frame.SourceWidth = header.SourceWidth;
        frame.SourceHeight = header.SourceHeight;
        frame.CompletedAt = now;
        frame.Damaged = header.IsDamaged;
        _clock.Stamp(header.Pts, now, frame);
        return true;
    }

    /// <inheritdoc />
    public void Cancel()
    {
        _cancelled = true;
        _child.Terminate();
    }

    /// <inheritdoc />
    public void Dispose() => _child.Dispose();

    private bool ReadHeader(out PictureHeader header)
    {
        while (!_log.TryTakePicture(out header))
        {
            // A header is always written before its picture (though poll may see them in the other order), so a readable
            // pipe of pictures without a header can only be that pipe's end.
            (bool output, bool errors) = WaitForChild();
            if (_cancelled)
            {
                return false;
            }

            if (errors || (output && _child.Wait(TimeSpan.Zero, wantOutput: false).Errors))
            {
                _ = ReadLog();
                if (_log.HasNoVideo && !_hadFrames)
                {
                    throw Describe();
                }
            }
            else if (output)
            {
                Span<byte> none = stackalloc byte[1];
                return _child.ReadOutput(none) == 0
                    ? EndOfStream()
                    : throw Failure("ffmpeg wrote a picture without announcing it");
            }
        }

        return true;
    }

    private unsafe bool ReadPicture(Mat picture, in PictureHeader header)
    {
        picture.Create(header.Height, header.Width, MatType.CV_8UC3);
        var pixels = new Span<byte>((void*)picture.Data, header.Bytes);
        while (!pixels.IsEmpty)
        {
            (bool output, bool errors) = WaitForChild();
            if (_cancelled)
            {
                return false;
            }

            if (errors)
            {
                // A child whose log nobody reads stops.
                _ = ReadLog();
            }

            if (output)
            {
                int count = _child.ReadOutput(pixels);
                if (count == 0)
                {
                    return EndOfStream();
                }

                pixels = pixels[count..];
            }
        }

        return true;
    }

    private bool ReadLog()
    {
        int count = _child.ReadErrors(_errorBuffer);
        _log.Append(_errorBuffer.AsSpan(0, count));
        return count > 0;
    }

    /// <summary>Waits a little for the child; neither when nothing came.</summary>
    private (bool Output, bool Errors) WaitForChild()
    {
        TimeSpan left = Deadline() - _time.GetElapsedTime(_progressAt);
        if (left <= TimeSpan.Zero)
        {
            throw _hadFrames
                ? new CameraException(
                    CameraState.Stalled,
                    CameraReason.Stalled,
                    $"{_address.Display}: no new frame for {Deadline().TotalSeconds:0.#} s"
                )
                : NoFirstFrame();
        }

        (bool output, bool errors) = _child.Wait(left < Slice ? left : Slice, wantOutput: true);
        if (!output && !errors && !_cancelled && _child.ExitCode is not null)
        {
            // It has ended, but what it started holds its pipes open.
            throw Describe();
        }

        return (output, errors);
    }

    private TimeSpan SocketTimeout => Longer(ShortestDeadline, SlowestFrame) + SocketMargin;

    private double SlowestFrame =>
        Math.Max(_frameSeconds, _maxFps is > 0 and double fps ? 1 / fps : 0);

    private TimeSpan Deadline() =>
        Longer(_hadFrames ? ShortestDeadline : FirstFrameDeadline, SlowestFrame);

    private static TimeSpan Longer(TimeSpan shortest, double frameSeconds)
    {
        TimeSpan frames = TimeSpan.FromSeconds(Math.Min(3600, DeadlineInFrames * frameSeconds));
        return frames > shortest ? frames : shortest;
    }

    private bool EndOfStream()
    {
        if (_cancelled)
        {
            return false;
        }

        ReadLastWords();
        for (int i = 0; i < 100 && _child.ExitCode is null; i++)
        {
            Thread.Sleep(10);
        }

        throw Describe();
    }

    private CameraException NoFirstFrame()
    {
        // Asked to end, ffmpeg tells what it has found in the stream so far; left alone it looks for more without end.
        _child.Terminate();
        ReadLastWords();
        return _log.HasNoVideo
            ? Describe()
            : new CameraException(
                CameraState.Offline,
                CameraReason.TimedOut,
                $"{_address.Display}: no first frame within {Deadline().TotalSeconds:0.#} s"
            );
    }

    /// <summary>They are the reason why it ends, and may still be in the pipe. One that does not stop talking is killed anyway.</summary>
    private void ReadLastWords()
    {
        long since = _time.GetTimestamp();
        while (
            _time.GetElapsedTime(since) < LastWords
            && _child.Wait(LastWords, wantOutput: false).Errors
            && ReadLog()
        ) { }
    }

    private CameraException Describe()
    {
        bool silent = !_hadFrames && _time.GetElapsedTime(_progressAt) >= SocketTimeout;
        return FfmpegFailure.Describe(_address, _log.Messages, _child.ExitCode, _hadFrames, silent);
    }

    private CameraException Failure(string what) =>
        new(CameraState.Offline, CameraReason.Failed, $"{_address.Display}: {what}");
}
