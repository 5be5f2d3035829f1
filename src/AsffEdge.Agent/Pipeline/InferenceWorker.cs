using System.Numerics;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Models;
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
    private readonly ResultSinks _sinks;
    private readonly AutoResetEvent _wake;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FrameIntake _intake;
    private readonly FrameInWork[] _works;
    private readonly long[] _lastNumbers;
    private readonly long[] _sequences;
    private readonly FrameResult _result;
    private readonly float _leastScore;
    private readonly WarmUpQueue _warmUps;
    private readonly ModelSwaps _swaps = new();
    private readonly TaskCompletionSource _completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _inferred;
    private long _inferenceStartedAt;
    private LoadedModel _model;
    private int _failuresInARow;

    public InferenceWorker(
        CameraReader[] cameras,
        CameraStatistics[] statistics,
        LoadedModel model,
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
        _model = model;
        _sinks = new ResultSinks(sinks, logger);
        _wake = wake;
        _time = time;
        _warmUps = new WarmUpQueue(time);
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
        _result = new FrameResult(model.Detector.MaxDetections)
        {
            Model = model.Name,
            Profile = profiles.Current.Profiles[0],
        };
        _thread = new Thread(Run) { IsBackground = true, Name = "inference" };
    }

    public Task Completion => _completion.Task;

    public long Inferred => Volatile.Read(ref _inferred);

    public long SinkFailures => _sinks.Failures;

    /// <summary>Where the model to go on with is left.</summary>
    public ModelSwaps Swaps => _swaps;

    /// <summary>How long the frame in work has been in work; zero between two frames.</summary>
    public TimeSpan InWork
    {
        get
        {
            long started = Volatile.Read(ref _inferenceStartedAt);
            return started == 0 ? TimeSpan.Zero : _time.GetElapsedTime(started);
        }
    }

    /// <summary>How long a size has been being warmed, in which no frame is in work; zero when none is.</summary>
    public TimeSpan Warming => _warmUps.RunningFor;

    public void Start() => _thread.Start();

    /// <summary>Ends the inference that runs now, as far as ONNX Runtime lets it be ended. Any thread.</summary>
    public void Terminate()
    {
        LoadedModel model = Volatile.Read(ref _model);
        if (InWork > TimeSpan.Zero)
        {
            model.Detector.Terminate();
        }
    }

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
            using InputPreparer preparer = new(_model.Detector);
            while (!_stopping)
            {
                _warmUps.WarmAll(_model.Detector);
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
        _swaps.Close();
        _completion.TrySetResult();
    }

    /// <summary>The next frame, prepared: the one that was prepared ahead, if there is one, else one from the slots.</summary>
    private FrameInWork? Next(InputPreparer preparer, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        FrameInWork? work = preparer.End();

        // Nothing uses the model now: the last frame is delivered, the next one not begun. What was prepared ahead is prepared anew.
        if (_swaps.TrySwap(ref _model))
        {
            preparer.Use(_model.Detector);
            _failuresInARow = 0;
            _works[0].PreparedSize = _works[1].PreparedSize = 0;
        }

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

            int found = _model.Detector.DetectPrepared(
                work.Input,
                profile.Size,
                Math.Min(profile.ScoreThreshold, _leastScore),
                profile.NmsThreshold,
                _result.Buffer,
                out timings
            );
            _result.Rank(found, profile.ScoreThreshold);
        }
        // One bad frame or one failing run costs that frame; a device that fails every time ends the worker.
        catch (Exception error)
        {
            _model.Detector.Resume();
            NoteFailure(camera, work.Selection.Change, error);
            return false;
        }
        finally
        {
            Volatile.Write(ref _inferenceStartedAt, 0);
        }

        _failuresInARow = 0;
        _result.Describe(work, _cameras[camera].Id, _model.Name);
        _result.Sequence = ++_sequences[camera];
        _result.Skipped = (int)Math.Min(int.MaxValue, frame.Number - _lastNumbers[camera] - 1);
        _result.WaitMs = Math.Max(
            0,
            _time.GetElapsedTime(frame.CompletedAt, start).TotalMilliseconds - work.PreprocessMs
        );
        _result.InferenceMs = timings.InferenceMs;
        _result.PostprocessMs = timings.PostprocessMs;
        _result.TotalMs = _time.GetElapsedTime(frame.CompletedAt).TotalMilliseconds;
        _lastNumbers[camera] = frame.Number;
        return true;
    }

    private void Deliver()
    {
        _statistics[_result.CameraIndex].Record(_result);
        _sinks.OnFrame(_result);
        _result.Image = null;
        Volatile.Write(ref _inferred, _inferred + 1);
    }

    private void NoteFailure(int camera, long change, Exception error)
    {
        _sinks.OnFailure(change);
        _statistics[camera].RecordFailure();
        // The 1st, 2nd, 4th, 8th… time, so that they do not flood the log.
        if (BitOperations.IsPow2(_statistics[camera].InferenceFailures))
        {
            Log.InferenceFailed(
                _logger,
                _cameras[camera].Id,
                _statistics[camera].InferenceFailures,
                error
            );
        }

        if (++_failuresInARow >= FailureLimit && !_swaps.IsExpected)
        {
            throw new InvalidOperationException(
                $"inference failed {_failuresInARow} times in a row; the last failure: {error.Message}",
                error
            );
        }
    }
}
