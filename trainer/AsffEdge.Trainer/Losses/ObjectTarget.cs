namespace AsffEdge.Trainer.Losses;

/// <summary>One labelled object: class, centre and size in input pixels, mixup weight.</summary>
public readonly record struct ObjectTarget(
    int Class,
    float X,
    float Y,
    float Width,
    float Height,
    float Weight
)
{
    /// <summary>IoU with a shape when both are centred on the same point.</summary>
    public float ShapeIou(float width, float height)
    {
        float intersection = MathF.Min(Width, width) * MathF.Min(Height, height);
        return intersection / ((Width * Height) + (width * height) - intersection);
    }
}
