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

    private readonly CameraReader[] _cameras;
    private readonly CameraStatistics[] _statistics;
    private readonly Detector _detector;
    private readonly IReadOnlyList<IFrameResultSink> _sinks;
    private readonly AutoResetEvent _wake;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FrameIntake _intake;
    private readonly FrameInWork[] _works;
    private readonly long[] _lastNumbers;
    private readonly long[] _sequences;
    private readonly FrameResult _result;
    private readonly float _leastScore;
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
        ILogger logger,
        float leastScore
    )
    {
        _leastScore = leastScore;
        _cameras = cameras;
        _statistics = statistics;
        _detector = detector;
        _sinks = sinks;
        _wake = wake;
        _time = time;
        _logger = logger;
        _intake = new FrameIntake(cameras, profiles, time);
        _works =
        [
            .. Enumerable
                .Range(0, Detector.Inputs)
                .Select(input => new FrameInWork(input) { Selection = profiles.Current }),
        ];
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
            using InputPreparer preparer = new(_detector);
            while (!_stopping)
            {
                _warmUps.WarmAll(_detector);
                _result.TakenUp = _time.GetTimestamp();
                if (Next(preparer, out TimeSpan wait) is { } work)
                {
                    Infer(work, preparer);
                }
                else
                {
                    if (_intake.HasEnded)
                    {
                        _completion.TrySetResult();
                    }

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

    /// <summary>The next frame, prepared: the one that was prepared ahead, if there is one, else one from the slots.</summary>
    private FrameInWork? Next(InputPreparer preparer, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        FrameInWork? work = preparer.End();
        if (work is not null)
        {
            _intake.Renew(work);
        }
        else if (_intake.TryTake(_works[0], out wait))
        {
            work = _works[0];
        }
        else
        {
            return null;
        }

        preparer.Prepare(work);
        return work;
    }

    private void Infer(FrameInWork work, InputPreparer preparer)
    {
        FrameInWork other = _works[1 - work.Input];
        if (preparer.WorksAhead && _intake.TryTake(other, out _))
        {
            preparer.Begin(other);
        }

        if (TryInfer(work))
        {
            Deliver();
        }
    }

    private bool TryInfer(FrameInWork work)
    {
        int camera = work.Camera;
        CapturedFrame frame = work.Frame!;
        Profile profile = work.Profile;
        long start = _time.GetTimestamp();
        Volatile.Write(ref _inferenceStartedAt, start);
        DetectTimings timings;
        try
        {
            if (work.Failure is { } failure)
            {
                throw failure;
            }

            int found = _detector.DetectPrepared(
                work.Input,
                profile.Size,
                Math.Min(profile.ScoreThreshold, _leastScore),
                profile.NmsThreshold,
                _result.Buffer,
                out timings
            );
            _result.Count = CountStrong(found, profile.ScoreThreshold);
            _result.WeakCount = found - _result.Count;
        }
        // One bad frame or one failing run costs that frame; a device that fails every time ends the worker.
        catch (Exception error)
        {
            NoteFailure(camera, work.Selection.Change, error);
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
        _result.Damaged = frame.Damaged;
        _result.Profile = profile;
        _result.Revision = work.Selection.Revision;
        _result.Change = work.Selection.Change;
        _result.Skipped = (int)Math.Min(int.MaxValue, frame.Number - _lastNumbers[camera] - 1);
        _result.WaitMs = Math.Max(
            0,
            _time.GetElapsedTime(frame.CompletedAt, start).TotalMilliseconds - work.PreprocessMs
        );
        _result.PreprocessMs = work.PreprocessMs;
        _result.InferenceMs = timings.InferenceMs;
        _result.PostprocessMs = timings.PostprocessMs;
        _result.TotalMs = _time.GetElapsedTime(frame.CompletedAt).TotalMilliseconds;
        _result.Image = frame.Picture;
        _lastNumbers[camera] = frame.Number;
        return true;
    }

    // The best come first, and a weaker one suppresses none: the strong ones are those that a search for them alone would give.
    private int CountStrong(int found, float threshold)
    {
        while (found > 0 && _result.Buffer[found - 1].Score < threshold)
        {
            found--;
        }

        return found;
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

    private void NoteFailure(int camera, long change, Exception error)
    {
        for (int i = 0; i < _sinks.Count; i++)
        {
            _sinks[i].OnFailure(change);
        }

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
