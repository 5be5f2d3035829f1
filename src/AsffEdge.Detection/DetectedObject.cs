namespace AsffEdge.Detection;

/// <summary>
/// One object found in a frame. (Not called <c>Detection</c>: that is the namespace, and C# would find it first.)
/// </summary>
/// <param name="Box">Where; the unit is the producer's (see <see cref="Detection.Box"/>).</param>
/// <param name="Objectness">σ(objectness), 0..1.</param>
/// <param name="ClassScore">σ of the best class, 0..1.</param>
/// <param name="ClassId">Index of the best class into the manifest's labels.</param>
/// <param name="Level">Index of the pyramid level that found it (0 = coarsest, stride 32).</param>
public readonly record struct DetectedObject(
    Box Box,
    float Objectness,
    float ClassScore,
    int ClassId,
    int Level
)
{
    /// <summary>Confidence: objectness × class score, 0..1.</summary>
    public float Score => Objectness * ClassScore;
}
