using AsffEdge.Agent.Pipeline;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using OpenCvSharp;

namespace AsffEdge.Agent.Models.Shadow;

/// <summary>
/// Runs a model beside the one in use, on copies of frames that that one has seen, by a thread of its own. It takes a frame when it has none and
/// has rested for long enough: four times as long as it last worked, nine times where frames are being skipped because the device is busy.
/// </summary>
internal sealed class ShadowRun : IDisposable
{
    private const int Rest = 4;
    private const int RestWhereBusy = 9;
    private const int MostFailures = ModelTrial.MostFailures;

    private const int Free = 0;
    private const int Full = 1;
    private const int AtWork = 2;

    private readonly Detector _detector;
    private readonly ThresholdManifest _recommended;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Lock _offering = new();
    private readonly ShadowScore _score = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Mat _frame = new();
    private readonly DetectedObject[] _current;
    private readonly DetectedObject[] _found;
    private readonly HashSet<int> _warm = [];
    private readonly Thread _thread;
    private int _currentCount;
    private int _size;
    private float _scoreThreshold;
    private float _nmsThreshold;
    private int _state = Free;
    private bool _isBusy;
    private long _restsUntil;
    private long _workedTicks;
    private int _failures;
    private volatile bool _stopping;
    private volatile string? _failure;

    /// <summary>Begins.</summary>
    /// <param name="detector">The model, which nobody else uses until this is disposed of.</param>
    /// <param name="recommended">The thresholds that the model in use recommends.</param>
    /// <param name="time">The clock.</param>
    public ShadowRun(Detector detector, ThresholdManifest recommended, TimeProvider time)
    {
        (_detector, _recommended, _time) = (detector, recommended, time);
        _current = new DetectedObject[detector.MaxDetections];
        _found = new DetectedObject[detector.MaxDetections];
        _thread = new Thread(Run) { IsBackground = true, Name = "shadow" };
        _thread.Start();
    }

    /// <summary>Why it has failed; null: it has not.</summary>
    public string? Failure => _failure;

    /// <summary>How long it has worked so far.</summary>
    public TimeSpan Worked => new(Volatile.Read(ref _workedTicks));

    /// <summary>What was seen so far.</summary>
    public ModelShadow Seen
    {
        get
        {
            lock (_lock)
            {
                return _score.ToMessage();
            }
        }
    }

    /// <summary>Offers a frame; inference thread only. Copies it where it is taken, and never waits.</summary>
    public void Offer(FrameResult result)
    {
        // Held by nobody else but for the moment in which this is disposed of.
        if (!_offering.TryEnter())
        {
            return;
        }

        try
        {
            if (!_stopping)
            {
                Take(result);
            }
        }
        finally
        {
            _offering.Exit();
        }
    }

    /// <summary>Ends it; the inference that runs is waited for.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        lock (_offering)
        {
            _wake.Dispose();
            _frame.Dispose();
        }
    }

    private void Take(FrameResult result)
    {
        _isBusy = result.Skipped > 0;
        int state = Volatile.Read(ref _state);
        if (_lock.TryEnter())
        {
            try
            {
                _score.AddCurrentTime(result.InferenceMs, isBeside: state == AtWork);
            }
            finally
            {
                _lock.Exit();
            }
        }

        if (state == Free && _time.GetTimestamp() >= Volatile.Read(ref _restsUntil))
        {
            result.Image!.CopyTo(_frame);
            result.Objects.CopyTo(_current);
            (_currentCount, _size) = (result.Count, result.Profile.Size);
            ThresholdManifest own = _detector.Manifest.Thresholds;
            _scoreThreshold = Inherited(
                result.Profile.ScoreThreshold,
                _recommended.Score,
                own.Score
            );
            _nmsThreshold = Inherited(result.Profile.NmsThreshold, _recommended.Nms, own.Nms);
            Volatile.Write(ref _state, Full);
            _wake.Set();
        }
    }

    // A profile that names no threshold has that of the model in use, and would have that of the new one.
    private static float Inherited(float profile, float current, float own) =>
        profile == current ? own : profile;

    private void Run()
    {
        while (true)
        {
            _wake.WaitOne();
            if (_stopping)
            {
                return;
            }

            if (Volatile.Read(ref _state) != Full)
            {
                continue;
            }

            long started = _time.GetTimestamp();
            try
            {
                Compare();
                _failures = 0;
            }
            // Whatever it is, it would have been the device's.
            catch (Exception error)
            {
                if (++_failures == MostFailures)
                {
                    _failure = $"its inference failed {MostFailures} times: {error.Message}";
                    return;
                }
            }

            long now = _time.GetTimestamp();
            Volatile.Write(
                ref _workedTicks,
                _workedTicks + _time.GetElapsedTime(started, now).Ticks
            );
            Volatile.Write(
                ref _restsUntil,
                now + (now - started) * (_isBusy ? RestWhereBusy : Rest)
            );
            Volatile.Write(ref _state, Free);
        }
    }

    private void Compare()
    {
        // The first inference at a size takes longer than those that follow.
        if (!_warm.Contains(_size))
        {
            _detector.Warm(_size);
            _warm.Add(_size);
        }

        Volatile.Write(ref _state, AtWork);
        int count = _detector.Detect(
            _frame,
            _size,
            _scoreThreshold,
            _nmsThreshold,
            _found,
            out DetectTimings timings
        );
        lock (_lock)
        {
            _score.Add(_found.AsSpan(0, count), _current.AsSpan(0, _currentCount));
            _score.AddTime(timings.InferenceMs);
        }
    }
}
