using OpenCvSharp;

namespace AsffEdge.Trainer.Augmentation;

/// <summary>Ranges of the four distortions, each applied with <see cref="Probability"/> and independent of the others.</summary>
public sealed record ColourOptions
{
    public double Probability { get; init; } = 0.5;

    /// <summary>Up to this is added to or taken from all channels, of 255.</summary>
    public double Brightness { get; init; } = 32;

    /// <summary>All channels are multiplied by 1 − (c − 1) … c where c is this; 1.5 gives 0.5–1.5.</summary>
    public double Contrast { get; init; } = 1.5;

    /// <summary>Up to this is added to or taken from the hue, of 180 in a full circle.</summary>
    public double Hue { get; init; } = 18;

    /// <summary>The saturation is multiplied by 1 − (s − 1) … s where s is this; 1.5 gives 0.5–1.5.</summary>
    public double Saturation { get; init; } = 1.5;
}

/// <summary>Random brightness, contrast, hue and saturation (Liu et al., 2016, SSD), as two table look-ups.</summary>
public sealed class ColourDistortion : IDisposable
{
    private const int HueCircle = 180;
    private readonly Mat _light = new(1, 256, MatType.CV_8UC1);
    private readonly Mat _colour = new(1, 256, MatType.CV_8UC3);

    /// <summary>Distorts an 8UC3 BGR picture in place.</summary>
    public void Apply(Mat picture, ColourOptions options, SampleRandom random)
    {
        double brightness = random.Chance(options.Probability)
            ? random.Between(-options.Brightness, options.Brightness)
            : 0;
        double contrast = Factor(options.Contrast, options.Probability, random);
        double hue = random.Chance(options.Probability)
            ? random.Between(-options.Hue, options.Hue)
            : 0;
        double saturation = Factor(options.Saturation, options.Probability, random);

        if (brightness != 0 || contrast != 1)
        {
            Relight(picture, brightness, contrast);
        }

        if (hue != 0 || saturation != 1)
        {
            Recolour(picture, hue, saturation);
        }
    }

    public void Dispose()
    {
        _light.Dispose();
        _colour.Dispose();
    }

    private static double Factor(double most, double probability, SampleRandom random) =>
        random.Chance(probability) ? random.Between(Math.Max(0, 2 - most), most) : 1;

    private unsafe void Relight(Mat picture, double brightness, double contrast)
    {
        byte* table = _light.DataPointer;
        for (int value = 0; value < 256; value++)
        {
            table[value] = Saturate((value + brightness) * contrast);
        }

        Cv2.LUT(picture, _light, picture);
    }

    private unsafe void Recolour(Mat picture, double hue, double saturation)
    {
        byte* table = _colour.DataPointer;
        int turn = (int)Math.Round(hue);
        for (int value = 0; value < 256; value++)
        {
            table[3 * value] = (byte)((value + turn + HueCircle) % HueCircle);
            table[3 * value + 1] = Saturate(value * saturation);
            table[3 * value + 2] = (byte)value;
        }

        Cv2.CvtColor(picture, picture, ColorConversionCodes.BGR2HSV);
        Cv2.LUT(picture, _colour, picture);
        Cv2.CvtColor(picture, picture, ColorConversionCodes.HSV2BGR);
    }

    private static byte Saturate(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
