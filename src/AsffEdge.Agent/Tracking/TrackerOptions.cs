namespace AsffEdge.Agent.Tracking;

/// <summary>How objects are followed.</summary>
/// <param name="LowScore">Least score of a box that may continue a track, 0..1.</param>
/// <param name="ConfirmAfter">Frames in which an object must be seen to count, at least 1.</param>
/// <param name="MaxLostS">Seconds out of sight after which a track ends, above 0.</param>
/// <param name="MaxTracks">Most objects followed at once in a camera.</param>
public sealed record TrackerOptions(
    float LowScore = 0.1f,
    int ConfirmAfter = 3,
    double MaxLostS = 2,
    int MaxTracks = 256
);
