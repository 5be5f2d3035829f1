namespace AsffEdge.Detection;

/// <summary>
/// An axis-aligned box by its edges. The unit is the caller's: network-input pixels inside the decoder, fractions
/// 0..1 of the source frame in what <c>Detector</c> returns.
/// </summary>
public readonly record struct Box(float Left, float Top, float Right, float Bottom)
{
    /// <summary>Right minus left; negative for an inverted box.</summary>
    public float Width => Right - Left;

    /// <summary>Bottom minus top; negative for an inverted box.</summary>
    public float Height => Bottom - Top;

    /// <summary>Width times height, 0 for an inverted box.</summary>
    public float Area => MathF.Max(0, Width) * MathF.Max(0, Height);

    /// <summary>Intersection over union with <paramref name="other"/>, 0..1; 0 when both are empty.</summary>
    public float IoU(in Box other)
    {
        float width = MathF.Min(Right, other.Right) - MathF.Max(Left, other.Left);
        float height = MathF.Min(Bottom, other.Bottom) - MathF.Max(Top, other.Top);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        float intersection = width * height;
        return intersection / (Area + other.Area - intersection);
    }

    /// <summary>The box in fractions 0..1 of a square of <paramref name="size"/> pixels that it is given in, clipped to it.</summary>
    public Box ToFractions(int size) =>
        new(
            Math.Clamp(Left / size, 0, 1),
            Math.Clamp(Top / size, 0, 1),
            Math.Clamp(Right / size, 0, 1),
            Math.Clamp(Bottom / size, 0, 1)
        );
}
