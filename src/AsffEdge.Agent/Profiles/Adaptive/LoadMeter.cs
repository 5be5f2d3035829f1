using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>
/// Counts what the frames cost. The inference thread counts and allocates nothing for it; any other thread reads. The last of the sinks, so
/// that what the others take is counted too.
/// </summary>
internal sealed class LoadMeter : IFrameResultSink
{
    private readonly TimeProvider _time;
    private readonly long[] _occupied;
    private volatile ProfileFigures _figures;

    /// <param name="cameras">How many cameras there are.</param>
    /// <param name="time">The pipeline's clock.</param>
    public LoadMeter(int cameras, TimeProvider time)
    {
        _time = time;
        _occupied = new long[cameras];
        _figures = new ProfileFigures(null, cameras);
    }

    /// <summary>How many cameras there are.</summary>
    public int Cameras => _occupied.Length;

    /// <summary>The figures of the frames inferred with one profile.</summary>
    public ProfileFigures Figures => _figures;

    /// <summary>How long the frames of a camera, whatever their profile, have occupied the device, in ticks of the clock.</summary>
    public long Occupied(int camera) => Volatile.Read(ref _occupied[camera]);

    /// <summary>Starts figures of the frames inferred with <paramref name="profile"/>.</summary>
    public void Restart(Profile profile) => _figures = new ProfileFigures(profile, Cameras);

    /// <inheritdoc/>
    public void OnFrame(FrameResult result)
    {
        int camera = result.CameraIndex;
        long occupied = _time.GetTimestamp() - result.TakenUp;
        Volatile.Write(ref _occupied[camera], _occupied[camera] + occupied);
        ProfileFigures figures = _figures;
        if (result.Profile == figures.Profile)
        {
            figures.Count(camera, occupied, result.TotalMs);
        }
    }
}
