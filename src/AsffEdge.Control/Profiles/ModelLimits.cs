namespace AsffEdge.Control.Profiles;

/// <summary>What profiles have to know of the model.</summary>
/// <param name="Takes">Whether it takes an input size in pixels.</param>
/// <param name="Sizes">The sizes it takes, for people.</param>
/// <param name="ScoreThreshold">The least score it recommends, 0..1.</param>
/// <param name="NmsThreshold">The overlap (IoU) it recommends, 0..1.</param>
public sealed record ModelLimits(
    Func<int, bool> Takes,
    string Sizes,
    float ScoreThreshold,
    float NmsThreshold
);
