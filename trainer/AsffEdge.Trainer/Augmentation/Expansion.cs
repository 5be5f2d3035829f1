using System.Numerics;

namespace AsffEdge.Trainer.Augmentation;

public sealed record ExpansionOptions
{
    public double Probability { get; init; } = 0.5;

    /// <summary>Largest ratio of the canvas's sides to the picture's.</summary>
    public double MaxRatio { get; init; } = 4;
}

/// <summary>Places the picture somewhere on a larger canvas, so that objects get smaller (Liu et al., 2016, SSD).</summary>
public static class Expansion
{
    public static void Apply(View view, ExpansionOptions options, SampleRandom random)
    {
        if (!random.Chance(options.Probability))
        {
            return;
        }

        double ratio = random.Between(1, options.MaxRatio);
        float width = (float)Math.Round(view.Width * ratio);
        float height = (float)Math.Round(view.Height * ratio);
        float left = random.Below((int)(width - view.Width) + 1);
        float top = random.Below((int)(height - view.Height) + 1);
        view.Transform(Matrix3x2.CreateTranslation(left, top));
        view.SetCanvas(width, height);
    }
}
