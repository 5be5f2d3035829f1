using System.Numerics;

namespace AsffEdge.Trainer.Augmentation;

public sealed record AffineOptions
{
    public double Probability { get; init; } = 0.5;

    /// <summary>Degrees either way.</summary>
    public double Rotation { get; init; } = 10;

    /// <summary>Share of the canvas's width and height, either way.</summary>
    public double Shift { get; init; } = 0.1;

    public double MinScale { get; init; } = 0.9;

    public double MaxScale { get; init; } = 1.1;

    /// <summary>Degrees either way, along both axes.</summary>
    public double Shear { get; init; } = 2;
}

/// <summary>Random rotation, scale, shear and shift about the canvas's centre; the canvas keeps its size.</summary>
public static class RandomAffine
{
    public static void Apply(View view, AffineOptions options, SampleRandom random)
    {
        if (!random.Chance(options.Probability))
        {
            return;
        }

        var centre = new Vector2(view.Width / 2, view.Height / 2);
        float rotation = Radians(options.Rotation, random);
        float scale = (float)random.Between(options.MinScale, options.MaxScale);
        float shearX = Radians(options.Shear, random);
        float shearY = Radians(options.Shear, random);
        float shiftX = view.Width * (float)random.Between(-options.Shift, options.Shift);
        float shiftY = view.Height * (float)random.Between(-options.Shift, options.Shift);
        view.Transform(
            Matrix3x2.CreateRotation(rotation, centre)
                * Matrix3x2.CreateScale(scale, centre)
                * Matrix3x2.CreateSkew(shearX, shearY, centre)
                * Matrix3x2.CreateTranslation(shiftX, shiftY)
        );
    }

    private static float Radians(double degrees, SampleRandom random) =>
        float.DegreesToRadians((float)random.Between(-degrees, degrees));
}
