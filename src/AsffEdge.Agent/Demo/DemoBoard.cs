using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Demo;

/// <summary>What the demo shows and sums up: the newest result of every camera, and totals.</summary>
internal sealed class DemoBoard : IFrameResultSink, ICameraStatusSink
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, CameraView> _cameras = [];
    private readonly LatencyHistogram _total;
    private readonly LatencyHistogram _inference;
    private readonly TimeProvider _time;
    private readonly long? _limit;
    private readonly TaskCompletionSource _reached = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly Queue<string> _messages = new();
    private long _frames;
    private long _objects;
    private long _firstAt;
    private long _lastAt;

    /// <summary>An empty board.</summary>
    /// <param name="limit">Frames after which <see cref="LimitReached"/> completes; null: never.</param>
    /// <param name="time">The clock.</param>
    public DemoBoard(long? limit, TimeProvider time)
    {
        _limit = limit;
        _time = time;
        _total = new LatencyHistogram(time);
        _inference = new LatencyHistogram(time);
    }

    /// <summary>Completes with the last frame that was asked for.</summary>
    public Task LimitReached => _reached.Task;

    /// <summary>A camera as the demo shows it.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Status">How it is.</param>
    /// <param name="Profile">The profile of its newest result; null before the first.</param>
    /// <param name="Frames">Its results so far.</param>
    /// <param name="Objects">What its newest result holds.</param>
    internal sealed record CameraView(
        string Id,
        CameraStatus Status,
        Profile? Profile,
        long Frames,
        DetectedObject[] Objects
    );

    /// <summary>Every camera that has said anything, in the order of the configuration.</summary>
    public IReadOnlyList<KeyValuePair<int, CameraView>> Cameras
    {
        get
        {
            lock (_gate)
            {
                return [.. _cameras];
            }
        }
    }

    /// <summary>The last lines of the log, oldest first.</summary>
    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>Everything so far.</summary>
    public DemoSummary Summary
    {
        get
        {
            lock (_gate)
            {
                TimeSpan elapsed =
                    _frames > 1 ? _time.GetElapsedTime(_firstAt, _lastAt) : TimeSpan.Zero;
                return new DemoSummary(
                    _frames,
                    _objects,
                    elapsed,
                    _total.Summary,
                    _inference.Summary
                );
            }
        }
    }

    /// <inheritdoc />
    public void OnFrame(FrameResult result)
    {
        lock (_gate)
        {
            if (_frames == _limit)
            {
                return;
            }

            _lastAt = _time.GetTimestamp();
            _firstAt = _frames == 0 ? _lastAt : _firstAt;
            _frames++;
            _objects += result.Count;
            _total.Record(result.TotalMs);
            _inference.Record(result.InferenceMs);
            if (_cameras.TryGetValue(result.CameraIndex, out CameraView? camera))
            {
                _cameras[result.CameraIndex] = camera with
                {
                    Profile = result.Profile,
                    Frames = camera.Frames + 1,
                    Objects = result.Objects.ToArray(),
                };
            }

            if (_frames == _limit)
            {
                _reached.SetResult();
            }
        }
    }

    /// <inheritdoc />
    public void OnStatus(int cameraIndex, string cameraId, CameraStatus status)
    {
        lock (_gate)
        {
            _cameras[cameraIndex] = _cameras.TryGetValue(cameraIndex, out CameraView? camera)
                ? camera with
                {
                    Status = status,
                }
                : new CameraView(cameraId, status, null, 0, []);
        }
    }

    /// <summary>Takes a line of the log; only the last few are kept.</summary>
    public void Note(string message)
    {
        lock (_gate)
        {
            if (_messages.Count == 4)
            {
                _messages.Dequeue();
            }

            _messages.Enqueue(message);
        }
    }
}
