namespace AsffEdge.Trainer.Data;

/// <summary>One labelled object, in pixels of its picture; edges are continuous, so a box over the whole picture is (0, 0, width, height).</summary>
/// <param name="ClassId">Index into the data set's labels.</param>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Width">Width, above 0.</param>
/// <param name="Height">Height, above 0.</param>
/// <param name="Weight">Share of the loss that the object counts for, 0..1: below 1 only in pictures blended by mixup.</param>
public readonly record struct LabelledBox(
    int ClassId,
    float Left,
    float Top,
    float Width,
    float Height,
    float Weight = 1
)
{
    public float Right => Left + Width;

    public float Bottom => Top + Height;

    public float Area => Width * Height;

    /// <summary>The part within the given edges; without it, width or height is 0 or less.</summary>
    public LabelledBox ClippedTo(float left, float top, float right, float bottom)
    {
        float newLeft = Math.Max(Left, left);
        float newTop = Math.Max(Top, top);
        return this with
        {
            Left = newLeft,
            Top = newTop,
            Width = Math.Min(Right, right) - newLeft,
            Height = Math.Min(Bottom, bottom) - newTop,
        };
    }
}
