using AsffEdge.Detection;
using OpenCvSharp;
using SkiaSharp;

namespace AsffEdge.Trainer.Footage;

/// <summary>Decodes a JPEG far enough to know that all of it can be decoded, at an eighth of its size: that reads every bit of the file but skips most of the arithmetic.</summary>
internal static class JpegPicture
{
    private const float Eighth = 0.125f;

    /// <summary>Size and hash of a picture.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="problem">What is wrong with it, where the result is null.</param>
    public static (Size Size, DifferenceHash Hash)? Read(byte[] bytes, out string? problem)
    {
        problem = null;
        using var stream = new SKMemoryStream(bytes);
        using SKCodec? codec = SKCodec.Create(stream);
        if (codec is not { EncodedFormat: SKEncodedImageFormat.Jpeg })
        {
            problem = "is no JPEG picture";
            return null;
        }

        if (codec.EncodedOrigin != SKEncodedOrigin.TopLeft)
        {
            problem =
                $"asks to be turned by its EXIF data ({codec.EncodedOrigin}); allowed: upright";
            return null;
        }

        SKSizeI small = codec.GetScaledDimensions(Eighth);
        using var grey = new Mat(small.Height, small.Width, MatType.CV_8UC1);
        SKCodecResult result = codec.GetPixels(
            new SKImageInfo(small.Width, small.Height, SKColorType.Gray8, SKAlphaType.Opaque),
            grey.Data
        );
        if (result != SKCodecResult.Success)
        {
            // Colour pictures do not decode to grey directly.
            result = ReadColour(codec, small, grey);
        }

        if (result != SKCodecResult.Success)
        {
            problem = $"cannot be decoded completely ({result})";
            return null;
        }

        return (new Size(codec.Info.Width, codec.Info.Height), DifferenceHash.Of(grey));
    }

    private static SKCodecResult ReadColour(SKCodec codec, SKSizeI small, Mat grey)
    {
        using var colour = new Mat(small.Height, small.Width, MatType.CV_8UC4);
        SKCodecResult result = codec.GetPixels(
            new SKImageInfo(small.Width, small.Height, SKColorType.Bgra8888, SKAlphaType.Opaque),
            colour.Data
        );
        Cv2.CvtColor(colour, grey, ColorConversionCodes.BGRA2GRAY);
        return result;
    }
}
