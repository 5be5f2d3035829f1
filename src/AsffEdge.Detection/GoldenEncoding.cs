using OpenCvSharp;

namespace AsffEdge.Detection;

/// <summary>Makes a picture small enough to travel in a model file.</summary>
internal static class GoldenEncoding
{
    private const int LeastSide = 160;

    /// <summary>The picture as a JPEG of at most that many bytes, made smaller where it must be.</summary>
    /// <exception cref="FormatException">It would have to be too small to show anything.</exception>
    public static byte[] Shrink(Mat picture, int mostBytes)
    {
        // The sides shrink by a seventh at a time until it fits.
        Size size = picture.Size();
        for (
            double scale = 1;
            Math.Min(size.Width, size.Height) * scale >= LeastSide;
            scale *= 0.86
        )
        {
            using Mat small = new();
            Cv2.Resize(picture, small, new Size(), scale, scale, InterpolationFlags.Area);
            Cv2.ImEncode(
                ".jpg",
                small,
                out byte[] jpeg,
                new ImageEncodingParam(ImwriteFlags.JpegQuality, 85)
            );
            if (jpeg.Length <= mostBytes)
            {
                return jpeg;
            }
        }

        throw new FormatException(
            $"the picture cannot be brought down to {mostBytes} bytes; give a plainer one"
        );
    }
}
