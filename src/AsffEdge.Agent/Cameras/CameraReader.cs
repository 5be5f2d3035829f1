using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Telemetry;
using AsffEdge.Detection;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Cameras;

/// <summary>
/// Keeps one camera open on a thread of its own: reads it into a slot, tells how it is, and opens it again after every
/// failure, for ever. Shares nothing with other cameras, so that none can hold up another.
/// </summary>
public sealed class CameraReader : IDisposable
{
    /// <summary>A connection that held this long was a good one: the waits start from the shortest again.</summary>
    private static readonly TimeSpan GoodConnection = TimeSpan.FromSeconds(10);

    private readonly CameraOptions _camera;
    private readonly int _shorterSide;
    private readonly CameraStatusReporter _status;
    private readonly EventWaitHandle _frameReady;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FrameWatch _watch;
    private readonly ReconnectLadder _ladder = new(Random.Shared);
    private readonly AutoResetEvent _interrupt = new(false);
    private readonly AutoResetEvent _taken = new(false);
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly Tally _failures = new(CameraReason.All);
    private IFrameSource? _source;
    private volatile bool _stopping;
    private volatile bool _restarting;
    private volatile bool _ended;
    private long? _onlineAt;
    private long _decoded;
    private long _delivered;
    private long _decodeErrors;
    private int _streams;

    /// <summary>Prepares the camera; nothing is opened yet.</summary>
    /// <param name="camera">Its configuration.</param>
    /// <param name="index">Its index in the configuration.</param>
    /// <param name="shorterSide">Shorter side of the pictures in pixels at most; larger ones are scaled down.</param>
    /// <param name="sinks">Are told every change of state.</param>
    /// <param name="frameReady">Set after every new frame, and when the camera ends for good.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public CameraReader(
        CameraOptions camera,
        int index,
        int shorterSide,
        IReadOnlyList<ICameraStatusSink> sinks,
        EventWaitHandle frameReady,
        TimeProvider time,
        ILogger logger
    )
    {
        _camera = camera;
        _shorterSide = shorterSide;
        _status = new CameraStatusReporter(camera.Id, index, sinks, time, logger);
        _watch = new FrameWatch(time);
        _frameReady = frameReady;
        _time = time;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = $"camera {camera.Id}" };
    }

    /// <summary>The camera's id.</summary>
    public string Id => _camera.Id;

    /// <summary>Where its newest frame is. The one who takes it holds two: one that is inferred and one that is being prepared meanwhile.</summary>
    public LatestFrameSlot<CapturedFrame> Slot { get; } =
        new(() => new CapturedFrame(), held: Detector.Inputs);

    /// <summary>How it is.</summary>
    public CameraStatus Status => _status.Current;

    /// <summary>Whether it will never give a frame again: switched off, or a file that was played once.</summary>
    public bool Ended => _ended;

    /// <summary>Frames decoded since the start.</summary>
    public long Decoded => Volatile.Read(ref _decoded);

    /// <summary>Frames that went on to be inferred: those decoded without those of a frozen picture.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Connections that gave a frame since the start.</summary>
    public int Streams => Volatile.Read(ref _streams);

    /// <summary>Errors that decoders reported since the start.</summary>
    public long DecodeErrors => Volatile.Read(ref _decodeErrors);

    /// <summary>Frames since the start that may be damaged.</summary>
    public long DamagedFrames => _watch.Damaged;

    /// <summary>Connections since the start that failed or could not be made, by reason.</summary>
    internal IEnumerable<(string Reason, long Count)> Failures => _failures.Counts;

    /// <summary>Starts reading.</summary>
    public void Start() => _thread.Start();

    /// <summary>Drops the connection, if there is one, and opens the camera again at once.</summary>
    public void Restart()
    {
        _restarting = true;
        Interrupt();
    }

    /// <summary>Tells the consumer's side that the frame in the slot was taken: a file that waits for that goes on.</summary>
    public void FrameTaken() => _taken.Set();

    /// <summary>Asks the thread to end. Returns at once.</summary>
    public void RequestStop()
    {
        _stopping = true;
        Interrupt();
    }

    /// <summary>Waits for the thread after <see cref="RequestStop"/>.</summary>
    /// <returns>False when a native call still holds it.</returns>
    public bool Join(TimeSpan timeout) => !_thread.IsAlive || _thread.Join(timeout);

    /// <summary>Frees the pictures. Only when the thread has ended and nobody reads the slot.</summary>
    public void Dispose()
    {
        foreach (CapturedFrame frame in Slot.Buffers)
        {
            frame.Dispose();
        }
    }

    private void Interrupt()
    {
        lock (_gate)
        {
            _source?.Cancel();
        }

        _interrupt.Set();
        _taken.Set();
    }

    private void Run()
    {
        if (_camera.Enabled)
        {
            _status.Report(CameraState.Connecting);
            while (!_stopping && !_ended)
            {
                ReadOneConnection();
            }
        }
        else
        {
            _status.Report(CameraState.Disabled);
            _ended = true;
        }

        _frameReady.Set();
    }

    private void ReadOneConnection()
    {
        long errorsBefore = _decodeErrors;
        _interrupt.Reset(); // what interrupted the last connection is done with
        _restarting = false;
        _onlineAt = null;
        _watch.BeginConnection();
        CameraException? failure = null;
        bool isPlayed = false;
        try
        {
            using IFrameSource source = Open();
            try
            {
                ReadFrames(source, errorsBefore);
                isPlayed = !_stopping && !_restarting;
            }
            finally
            {
                lock (_gate)
                {
                    _source = null;
                }
            }
        }
        catch (CameraException error)
        {
            failure = error;
        }
        // Whatever else a decoder does must cost this camera one connection, not the process its cameras.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Log.UnexpectedFailure(_logger, Id, error);
            failure = new CameraException(
                CameraState.Error,
                CameraReason.Failed,
                error.Message,
                error
            );
        }

        if (isPlayed)
        {
            _status.Report(
                CameraState.Offline,
                CameraReason.Ended,
                "the file was played to its end"
            );
            // Last: whoever waits for the end finds the state that goes with it.
            _ended = true;
        }
        else if (failure is not null && !_stopping && !_restarting)
        {
            // A picture that does not change may be a scene in which nothing moves: to be looked at no less often for that.
            bool wasGood = _onlineAt is long since && _time.GetElapsedTime(since) >= GoodConnection;
            if (wasGood || failure.Reason == CameraReason.Frozen)
            {
                _ladder.Reset();
            }

            _failures.Count(failure.Reason);
            _status.Report(failure.State, failure.Reason, failure.Message);
            WaitBeforeRetry(_ladder.Next(failure.Reason));
        }
        else if (_restarting)
        {
            _ladder.Reset();
            _status.Report(CameraState.Connecting);
        }
    }

    private IFrameSource Open()
    {
        IFrameSource source = FrameSources.Open(_camera, _shorterSide, _time);
        lock (_gate)
        {
            _source = source;

            // A stop that came while it was being opened found nothing to cancel.
            if (_stopping || _restarting)
            {
                source.Cancel();
            }
        }

        return source;
    }

    private void ReadFrames(IFrameSource source, long errorsBefore)
    {
        while (!_stopping && source.Read(Slot.Writing))
        {
            Volatile.Write(ref _decoded, _decoded + 1);
            Volatile.Write(ref _decodeErrors, errorsBefore + source.DecodeErrors);
            if (source.IsCamera && !_watch.Judge(Slot.Writing))
            {
                continue;
            }

            if (_onlineAt is null)
            {
                _onlineAt = _time.GetTimestamp();
                Volatile.Write(ref _streams, _streams + 1);
            }

            _status.Report(CameraState.Online, _watch.Concern, _watch.Detail);
            Slot.Writing.Stream = _streams;
            Volatile.Write(ref _delivered, _delivered + 1);
            Slot.Writing.Number = _delivered;
            Slot.Writing.IsLive = source.IsLive;
            if (!source.IsLive)
            {
                WaitUntilTaken();
                Slot.Writing.CompletedAt = _time.GetTimestamp();
            }

            Slot.Publish();
            _frameReady.Set();
        }

        // A file's end is only the end when its last frame has been taken.
        if (!source.IsLive)
        {
            WaitUntilTaken();
        }
    }

    private void WaitUntilTaken()
    {
        while (Slot.HasFresh && !_stopping && !_restarting)
        {
            _taken.WaitOne();
        }
    }

    private void WaitBeforeRetry(TimeSpan wait)
    {
        Log.Retry(_logger, Id, wait.TotalSeconds);
        _interrupt.WaitOne(wait);
    }
}
