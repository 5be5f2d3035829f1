namespace AsffEdge.Control.Profiles;

/// <summary>A resolution profile: everything about inference that can be switched between two frames.</summary>
/// <param name="Name">Its name, <c>[a-z0-9-]{1,48}</c>.</param>
/// <param name="Size">Network input size in pixels, a multiple of 32 from 320 to 800.</param>
/// <param name="ScoreThreshold">Least score (objectness × class, RetinaNet: class) that is reported, 0..1.</param>
/// <param name="NmsThreshold">IoU above which the weaker of two boxes of a class is dropped, 0..1.</param>
/// <param name="MaxFps">Frames a second inferred at most for a camera; null: as many as the device manages.</param>
public sealed record Profile(
    string Name,
    int Size,
    float ScoreThreshold,
    float NmsThreshold,
    double? MaxFps
);
