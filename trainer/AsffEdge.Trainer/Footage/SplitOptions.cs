namespace AsffEdge.Trainer.Footage;

/// <summary>How pictures are divided into those that are trained on and those that are held out.</summary>
/// <param name="BlockSeconds">Length of the stretches of time that stay together; at least twice the gap.</param>
/// <param name="GapSeconds">Pictures of a camera that are trained on are further than this from those that are held out; those between are left out.</param>
/// <param name="ValidationEvery">One block of so many of a camera is held out; 0: none.</param>
/// <param name="ValidationCameras">Cameras (<c>agent/camera</c>) that are held out altogether.</param>
public sealed record SplitOptions(
    double BlockSeconds,
    double GapSeconds,
    int ValidationEvery,
    IReadOnlyList<string> ValidationCameras
);
