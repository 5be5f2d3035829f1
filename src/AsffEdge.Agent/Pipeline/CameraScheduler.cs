using System.Diagnostics;

namespace AsffEdge.Agent.Pipeline;

/// <summary>
/// Decides which camera the inference worker serves next: of those with a new frame whose frame-rate cap allows one now,
/// the one that was served longest ago. Not thread-safe.
/// </summary>
internal sealed class CameraScheduler
{
    private readonly long _frequency;
    private readonly long[] _servedAt;
    private readonly long[] _dueAt;

    /// <param name="cameras">How many cameras there are.</param>
    /// <param name="frequency">Ticks a second of the times given to the methods.</param>
    public CameraScheduler(int cameras, long frequency)
    {
        _frequency = frequency;
        _servedAt = new long[cameras];
        _dueAt = new long[cameras];
        Array.Fill(_servedAt, long.MinValue);
        Array.Fill(_dueAt, long.MinValue);
    }

    /// <summary>The camera to serve, or -1.</summary>
    /// <param name="hasFrame">By camera: whether a new frame waits.</param>
    /// <param name="now">The time.</param>
    /// <param name="wakeAt">When the next waiting frame may be served if nothing else happens; <see cref="long.MaxValue"/> if none waits.</param>
    public int Next(ReadOnlySpan<bool> hasFrame, long now, out long wakeAt)
    {
        int next = -1;
        wakeAt = long.MaxValue;
        for (int camera = 0; camera < hasFrame.Length; camera++)
        {
            if (!hasFrame[camera])
            {
                continue;
            }

            if (_dueAt[camera] > now)
            {
                wakeAt = Math.Min(wakeAt, _dueAt[camera]);
            }
            else if (next < 0 || _servedAt[camera] < _servedAt[next])
            {
                next = camera;
            }
        }

        return next;
    }

    /// <summary>Notes that a camera is served now.</summary>
    /// <param name="camera">Its index.</param>
    /// <param name="maxFps">Its frame-rate cap; null: none.</param>
    /// <param name="now">The time.</param>
    public void Served(int camera, double? maxFps, long now)
    {
        Debug.Assert(_dueAt[camera] <= now, "served before it was due");
        _servedAt[camera] = now;
        if (maxFps is not > 0)
        {
            _dueAt[camera] = long.MinValue;
            return;
        }

        // On a grid, so that a frame that comes a little late does not delay all later ones; but no burst after a pause.
        long interval = (long)(_frequency / maxFps.Value);
        long grid = _dueAt[camera];
        _dueAt[camera] = grid > now - interval ? grid + interval : now + interval;
    }
}
