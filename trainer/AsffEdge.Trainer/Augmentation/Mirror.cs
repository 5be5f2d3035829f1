using System.Numerics;

namespace AsffEdge.Trainer.Augmentation;

public sealed record MirrorOptions
{
    public double Probability { get; init; } = 0.5;
}

/// <summary>Exchanges left and right.</summary>
public static class Mirror
{
    public static void Apply(View view, MirrorOptions options, SampleRandom random)
    {
        if (random.Chance(options.Probability))
        {
            view.Transform(new Matrix3x2(-1, 0, 0, 1, view.Width, 0));
        }
    }
}
