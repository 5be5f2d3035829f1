using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Augmentation;

/// <summary>What is done to a training picture, in the order of the properties. The defaults are the paper's recipe; a probability of 0 switches a step off (in a file, <c>false</c> in the place of the step's keys).</summary>
public sealed record AugmentationOptions
{
    /// <summary>Nothing but a bilinear resize, as at inference; no box is dropped.</summary>
    public static AugmentationOptions None { get; } =
        new()
        {
            Mixup = new() { Probability = 0 },
            Colour = new() { Probability = 0 },
            Expansion = new() { Probability = 0 },
            Crop = new() { Probability = 0 },
            Mirror = new() { Probability = 0 },
            Affine = new() { Probability = 0 },
            Interpolations = [Interpolation.Linear],
            MinSide = 0,
            MinVisible = 0,
        };

    public MixupOptions Mixup { get; init; } = new();

    public ColourOptions Colour { get; init; } = new();

    public ExpansionOptions Expansion { get; init; } = new();

    public CropOptions Crop { get; init; } = new();

    public MirrorOptions Mirror { get; init; } = new();

    public AffineOptions Affine { get; init; } = new();

    /// <summary>One of these, drawn for each picture, resizes it to the input size.</summary>
    public IReadOnlyList<Interpolation> Interpolations { get; init; } =
        Enum.GetValues<Interpolation>();

    /// <summary>Boxes with a side below this, in input pixels, are dropped.</summary>
    public double MinSide { get; init; } = 6;

    /// <summary>Boxes of which less than this share is left within the picture are dropped, 0..1.</summary>
    public double MinVisible { get; init; } = 0.2;

    /// <exception cref="DatasetException">A value is out of range; the message names it and what is allowed.</exception>
    public void Validate()
    {
        Share(Mixup.Probability, "mixup.probability");
        Require(Mixup.Alpha is >= 1 and <= 100, $"mixup.alpha is {Mixup.Alpha}; allowed: 1 to 100");
        Share(Colour.Probability, "colour.probability");
        Require(
            Colour.Brightness is >= 0 and <= 255,
            $"colour.brightness is {Colour.Brightness}; allowed: 0 to 255"
        );
        Require(
            Colour.Contrast is >= 1 and <= 10,
            $"colour.contrast is {Colour.Contrast}; allowed: 1 to 10"
        );
        Require(Colour.Hue is >= 0 and <= 90, $"colour.hue is {Colour.Hue}; allowed: 0 to 90");
        Require(
            Colour.Saturation is >= 1 and <= 10,
            $"colour.saturation is {Colour.Saturation}; allowed: 1 to 10"
        );
        Share(Expansion.Probability, "expansion.probability");
        Require(
            Expansion.MaxRatio is >= 1 and <= 10,
            $"expansion.max_ratio is {Expansion.MaxRatio}; allowed: 1 to 10"
        );
        Share(Crop.Probability, "crop.probability");
        Require(
            Crop.MinScale is > 0 and <= 1 && Crop.MaxScale <= 1 && Crop.MinScale <= Crop.MaxScale,
            $"crop.min_scale is {Crop.MinScale} and crop.max_scale {Crop.MaxScale}; allowed: above 0, up to 1, in order"
        );
        Require(
            Crop.MaxRatio is >= 1 and <= 10,
            $"crop.max_ratio is {Crop.MaxRatio}; allowed: 1 to 10"
        );
        Require(
            Crop.MinIous.Count > 0 && Crop.MinIous.All(value => value is >= 0 and < 1),
            "crop.min_ious must hold at least one value; allowed: 0 (no constraint) to below 1"
        );
        Share(Mirror.Probability, "mirror.probability");
        Share(Affine.Probability, "affine.probability");
        Require(
            Affine.Rotation is >= 0 and <= 180,
            $"affine.rotation is {Affine.Rotation}; allowed: 0 to 180 degrees"
        );
        Require(Affine.Shift is >= 0 and <= 1, $"affine.shift is {Affine.Shift}; allowed: 0 to 1");
        Require(
            Affine.MinScale > 0 && Affine.MinScale <= Affine.MaxScale && Affine.MaxScale <= 10,
            $"affine.min_scale is {Affine.MinScale} and affine.max_scale {Affine.MaxScale}; allowed: above 0, up to 10, in order"
        );
        Require(
            Affine.Shear is >= 0 and < 80,
            $"affine.shear is {Affine.Shear}; allowed: 0 to below 80 degrees"
        );
        Require(
            Interpolations.Count > 0,
            "interpolations is empty; allowed: one or more of nearest, linear, cubic, area, lanczos"
        );
        Require(MinSide >= 0, $"min_side is {MinSide}; allowed: 0 or more");
        Share(MinVisible, "min_visible");
    }

    private static void Share(double value, string key) =>
        Require(value is >= 0 and <= 1, $"{key} is {value}; allowed: 0 to 1");

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new DatasetException($"augmentation: {message}");
        }
    }
}
