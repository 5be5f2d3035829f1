using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Tracking;

/// <summary>
/// Follows the objects of all cameras on the inference thread, and notes in every result which track and which zones an object belongs
/// to: it comes before the sinks that tell so.
/// </summary>
internal sealed class TrackingSink : IFrameResultSink, ICameraStatusSink
{
    private readonly CameraTracks[] _cameras;
    private readonly bool[] _isOnline;
    private readonly double _maxLost;
    private readonly TrackEventQueue _events;

    /// <param name="configuration">The cameras, and how objects are followed.</param>
    /// <param name="labels">The model's classes.</param>
    /// <param name="maxBoxes">Most boxes of a frame.</param>
    /// <param name="events">Takes what happens.</param>
    /// <param name="time">The clock.</param>
    public TrackingSink(
        AgentConfiguration configuration,
        IReadOnlyList<string> labels,
        int maxBoxes,
        TrackEventQueue events,
        TimeProvider time
    )
    {
        TrackNumbers numbers = new();
        _cameras =
        [
            .. configuration.Cameras.Select(camera => new CameraTracks(
                camera,
                configuration.Tracking,
                labels,
                maxBoxes,
                numbers,
                events,
                time
            )),
        ];
        _isOnline = new bool[_cameras.Length];
        _maxLost = configuration.Tracking.MaxLostS;
        _events = events;
    }

    /// <summary>The cameras, in the order of the configuration.</summary>
    public IReadOnlyList<CameraTracks> Cameras => _cameras;

    /// <inheritdoc/>
    public void OnFrame(FrameResult result)
    {
        if (_cameras[result.CameraIndex].Update(result))
        {
            _events.Wake();
        }
    }

    /// <inheritdoc/>
    public void OnStatus(int cameraIndex, string cameraId, CameraStatus status) =>
        Volatile.Write(ref _isOnline[cameraIndex], status.State == CameraState.Online);

    /// <summary>
    /// Ends the tracks of cameras that are not online and have given no frame for as long as a track may be out of sight. A camera that is
    /// online may be slow, and its tracks wait for its next frame.
    /// </summary>
    public void EndAbsent()
    {
        for (int camera = 0; camera < _cameras.Length; camera++)
        {
            if (!Volatile.Read(ref _isOnline[camera]))
            {
                _cameras[camera].EndIfAbsent(_maxLost);
            }
        }
    }

    /// <summary>Ends all tracks for good.</summary>
    public void Close()
    {
        foreach (CameraTracks camera in _cameras)
        {
            camera.Close();
        }
    }
}
