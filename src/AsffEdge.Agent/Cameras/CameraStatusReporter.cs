using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Cameras;

/// <summary>Holds how one camera is, and tells the log and the sinks when that changes. One thread reports, any thread reads.</summary>
internal sealed class CameraStatusReporter
{
    private readonly string _id;
    private readonly int _index;
    private readonly IReadOnlyList<ICameraStatusSink> _sinks;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile CameraStatus _current;
    private bool _reported;

    /// <summary>A camera that is going to be opened; nothing is reported yet.</summary>
    public CameraStatusReporter(
        string id,
        int index,
        IReadOnlyList<ICameraStatusSink> sinks,
        TimeProvider time,
        ILogger logger
    )
    {
        _id = id;
        _index = index;
        _sinks = sinks;
        _time = time;
        _logger = logger;
        _current = new CameraStatus(
            CameraState.Connecting,
            null,
            null,
            time.GetUtcNow().UtcDateTime
        );
    }

    /// <summary>How it is.</summary>
    public CameraStatus Current => _current;

    /// <summary>Reports the state; one that changes nothing, such as another failed attempt, is not reported again.</summary>
    public void Report(CameraState state, string? reason = null, string? detail = null)
    {
        CameraStatus last = _current;
        if (_reported && (state, reason, detail) == (last.State, last.Reason, last.Detail))
        {
            return;
        }

        _reported = true;
        _current = new CameraStatus(state, reason, detail, _time.GetUtcNow().UtcDateTime);
        bool wrong =
            state is not (CameraState.Connecting or CameraState.Disabled)
            && reason is not (null or CameraReason.Ended);
        LogLevel level = wrong ? LogLevel.Warning : LogLevel.Information;
        Log.StateChanged(_logger, level, _id, state, reason ?? "ok", detail ?? "");
        foreach (ICameraStatusSink sink in _sinks)
        {
            try
            {
                sink.OnStatus(_index, _id, _current);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                Log.StatusSinkFailed(_logger, _id, sink.GetType().Name, error);
            }
        }
    }
}
