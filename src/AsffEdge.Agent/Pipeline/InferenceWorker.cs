using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Pipeline;

/// <summary>
/// The one thread that uses a detector: takes the newest frame of the camera that has waited longest, infers it with the
/// profile that holds at that moment, and hands the result to the sinks. Allocates nothing for a frame.
/// </summary>
internal sealed class InferenceWorker
{
    /// <summary>After this many failures in a row the model or the device is broken, not a frame.</summary>
    public const int FailureLimit = 20;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly CameraReader[] _cameras;
    private readonly CameraStatistics[] _statistics;
    private readonly Detector _detector;
    private readonly ProfileSelection _profiles;
    private readonly IReadOnlyList<IFrameResultSink> _sinks;
    private readonly AutoResetEvent _wake;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CameraScheduler _scheduler;
    private readonly bool[] _hasFrame;
    private readonly long[] _lastNumbers;
    private readonly long[] _sequences;
    private readonly FrameResult _result;
    private readonly WarmUpQueue _warmUps = new();
    private readonly TaskCompletionSource _completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _inferred;
    private long _inferenceStartedAt;
    private long _sinkFailures;
    private int _failuresInARow;

    public InferenceWorker(
        CameraReader[] cameras,
        CameraStatistics[] statistics,
        Detector detector,
        ProfileSelection profiles,
        IReadOnlyList<IFrameResultSink> sinks,
        AutoResetEvent wake,
        TimeProvider time,
        ILogger logger
    )
    {
        _cameras = cameras;
        _statistics = statistics;
        _detector = detector;
        _profiles = profiles;
        _sinks = sinks;
        _wake = wake;
        _time = time;
        _logger = logger;
        _scheduler = new CameraScheduler(cameras.Length, time.TimestampFrequency);
        _hasFrame = new bool[cameras.Length];
        _lastNumbers = new long[cameras.Length];
        _sequences = new long[cameras.Length];
        _result = new FrameResult(detector.MaxDetections)
        {
            Profile = profiles.Current.Profiles[0],
        };
        _thread = new Thread(Run) { IsBackground = true, Name = "inference" };
    }

    public Task Completion => _completion.Task;

    public long Inferred => Volatile.Read(ref _inferred);

    public long SinkFailures => Volatile.Read(ref _sinkFailures);

    /// <summary>How long the frame in work has been in work; zero between two frames.</summary>
    public TimeSpan InWork
    {
        get
        {
            long started = Volatile.Read(ref _inferenceStartedAt);
            return started == 0 ? TimeSpan.Zero : _time.GetElapsedTime(started);
        }
    }

    public void Start() => _thread.Start();

    public void RequestStop()
    {
        _stopping = true;
        _wake.Set();
    }

    public bool Join(TimeSpan timeout) => !_thread.IsAlive || _thread.Join(timeout);

    /// <summary>Has the thread warm a size between two frames; before it runs, it does so as its first work.</summary>
    public Task WarmAsync(int size)
    {
        Task done = _warmUps.Add(size);
        _wake.Set();
        return done;
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                _warmUps.WarmAll(_detector);
                if (!InferNext(out TimeSpan wait))
                {
                    CompleteWhenAllEnded();
                    _wake.WaitOne(wait);
                }
            }
        }
        // The thread's end must reach whoever watches Completion instead of ending the process unexplained.
        catch (Exception error)
        {
            Log.InferenceStopped(_logger, error);
            _completion.TrySetException(error);
        }

        _stopping = true;
        _warmUps.Close();
        _completion.TrySetResult();
    }

    private void CompleteWhenAllEnded()
    {
        foreach (CameraReader camera in _cameras)
        {
            // In this order: a camera ends after its last frame is in the slot.
            if (!camera.Ended || camera.Slot.HasFresh)
            {
                return;
            }
        }

        _completion.TrySetResult();
    }

    private bool InferNext(out TimeSpan wait)
    {
        for (int i = 0; i < _hasFrame.Length; i++)
        {
            _hasFrame[i] = _cameras[i].Slot.HasFresh;
        }

        long now = _time.GetTimestamp();
        int camera = _scheduler.Next(_hasFrame, now, out long wakeAt);
        if (camera < 0)
        {
            TimeSpan due =
                wakeAt == long.MaxValue ? LongestWait : _time.GetElapsedTime(now, wakeAt);
            // Rounded up: a wait of a fraction of a millisecond would be none, again and again.
            wait = TimeSpan.FromMilliseconds(
                Math.Ceiling(Math.Min(due.TotalMilliseconds, LongestWait.TotalMilliseconds))
            );
            return false;
        }

        wait = TimeSpan.Zero;
        ProfileSelection.Snapshot selection = _profiles.Current;
        _scheduler.Served(camera, selection.Profiles[camera].MaxFps, now);
        CapturedFrame frame = _cameras[camera].Slot.TryTake()!;
        _cameras[camera].FrameTaken();
        if (Infer(camera, frame, selection))
        {
            Deliver();
        }

        return true;
    }

    private bool Infer(int camera, CapturedFrame frame, ProfileSelection.Snapshot selection)
    {
        Profile profile = selection.Profiles[camera];
        long start = _time.GetTimestamp();
        Volatile.Write(ref _inferenceStartedAt, start);
        DetectTimings timings;
        try
        {
            _result.Count = _detector.Detect(
                frame.Picture,
                profile.Size,
                profile.ScoreThreshold,
                profile.NmsThreshold,
                _result.Buffer,
                out timings
            );
        }
        // One bad frame or one failing run costs that frame; a device that fails every time ends the worker.
        catch (Exception error)
        {
            NoteFailure(camera, error);
            return false;
        }
        finally
        {
            Volatile.Write(ref _inferenceStartedAt, 0);
        }

        _failuresInARow = 0;
        _result.CameraIndex = camera;
        _result.CameraId = _cameras[camera].Id;
        _result.Stream = frame.Stream;
        _result.Sequence = ++_sequences[camera];
        _result.TimestampUtc = frame.CapturedUtc;
        _result.TimestampSource = frame.TimestampSource;
        _result.SourceWidth = frame.SourceWidth;
        _result.SourceHeight = frame.SourceHeight;
        _result.Profile = profile;
        _result.Revision = selection.Revision;
        _result.Skipped = (int)Math.Min(int.MaxValue, frame.Number - _lastNumbers[camera] - 1);
        _result.WaitMs = _time.GetElapsedTime(frame.CompletedAt, start).TotalMilliseconds;
        _result.PreprocessMs = timings.PreprocessMs;
        _result.InferenceMs = timings.InferenceMs;
        _result.PostprocessMs = timings.PostprocessMs;
        _result.TotalMs = _time.GetElapsedTime(frame.CompletedAt).TotalMilliseconds;
        _result.Image = frame.Picture;
        _lastNumbers[camera] = frame.Number;
        return true;
    }

    private void Deliver()
    {
        _statistics[_result.CameraIndex].Record(_result);
        for (int i = 0; i < _sinks.Count; i++)
        {
            try
            {
                _sinks[i].OnFrame(_result);
            }
            // A sink is somebody else's code; detection goes on without it.
            catch (Exception error)
            {
                long failures = Interlocked.Increment(ref _sinkFailures);
                if (IsPowerOfTwo(failures))
                {
                    Log.SinkFailed(_logger, _sinks[i].GetType().Name, failures, error);
                }
            }
        }

        _result.Image = null;
        Volatile.Write(ref _inferred, _inferred + 1);
    }

    private void NoteFailure(int camera, Exception error)
    {
        _statistics[camera].RecordFailure();
        if (IsPowerOfTwo(_statistics[camera].InferenceFailures))
        {
            Log.InferenceFailed(
                _logger,
                _cameras[camera].Id,
                _statistics[camera].InferenceFailures,
                error
            );
        }

        if (++_failuresInARow >= FailureLimit)
        {
            throw new InvalidOperationException(
                $"inference failed {_failuresInARow} times in a row; the last failure: {error.Message}",
                error
            );
        }
    }

    /// <summary>Repeated failures are logged the 1st, 2nd, 4th, 8th… time, so that they do not flood the log.</summary>
    private static bool IsPowerOfTwo(long count) => System.Numerics.BitOperations.IsPow2(count);
}
