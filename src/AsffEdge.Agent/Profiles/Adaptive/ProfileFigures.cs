using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>Counts the frames inferred with one profile, by the index of the camera; only ever upwards. One thread counts, any thread reads.</summary>
internal sealed class ProfileFigures
{
    private readonly long[] _frames;
    private readonly long[] _occupied;
    private readonly int[][] _latencies;

    /// <param name="profile">The profile; null: none.</param>
    /// <param name="cameras">How many cameras there are.</param>
    public ProfileFigures(Profile? profile, int cameras)
    {
        Profile = profile;
        _frames = new long[cameras];
        _occupied = new long[cameras];
        _latencies = [.. Enumerable.Range(0, cameras).Select(_ => new int[LatencyBuckets.Count])];
    }

    /// <summary>The profile.</summary>
    public Profile? Profile { get; }

    /// <summary>Frames.</summary>
    public long Frames(int camera) => Volatile.Read(ref _frames[camera]);

    /// <summary>How long they have occupied the device, in ticks of the clock.</summary>
    public long Occupied(int camera) => Volatile.Read(ref _occupied[camera]);

    /// <summary>Copies how many frames had a latency in each of the <see cref="LatencyBuckets"/>.</summary>
    public int[] Latencies(int camera)
    {
        int[] counts = new int[LatencyBuckets.Count];
        for (int bucket = 0; bucket < counts.Length; bucket++)
        {
            counts[bucket] = Volatile.Read(ref _latencies[camera][bucket]);
        }

        return counts;
    }

    /// <summary>Counts a frame.</summary>
    /// <param name="camera">The camera's index.</param>
    /// <param name="occupied">How long it occupied the device, in ticks of the clock.</param>
    /// <param name="latencyMs">Milliseconds from the complete frame to its result.</param>
    public void Count(int camera, long occupied, double latencyMs)
    {
        ref int latencies = ref _latencies[camera][LatencyBuckets.Of(latencyMs)];
        Volatile.Write(ref latencies, latencies + 1);
        Volatile.Write(ref _occupied[camera], _occupied[camera] + occupied);
        Volatile.Write(ref _frames[camera], _frames[camera] + 1);
    }
}
