using AsffEdge.Detection;

namespace AsffEdge.Trainer.Visualization;

/// <summary>What a network saw in a picture.</summary>
/// <param name="Objects">What it found, best first; boxes as fractions 0..1 of the picture.</param>
/// <param name="Levels">Its levels, coarsest first.</param>
internal sealed record FusionView(
    IReadOnlyList<DetectedObject> Objects,
    IReadOnlyList<LevelMaps> Levels
);
