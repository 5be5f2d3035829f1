using OpenCvSharp;

namespace AsffEdge.Trainer.Visualization;

/// <summary>Square maps as pictures, dark blue for the lowest value to yellow for the highest (viridis).</summary>
internal static class HeatMap
{
    /// <summary>Draws a map; every cell becomes a rectangle of one colour.</summary>
    /// <param name="values">Side² values, row by row.</param>
    /// <param name="low">The value that is darkest; lower ones look the same.</param>
    /// <param name="high">The value that is brightest; equal to <paramref name="low"/> gives a picture of one colour.</param>
    /// <param name="size">Of the picture.</param>
    /// <returns>8-bit BGR, the caller's to dispose.</returns>
    public static Mat Draw(ReadOnlySpan<float> values, float low, float high, Size size)
    {
        int side = (int)Math.Round(Math.Sqrt(values.Length));
        byte[] levels = new byte[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            float share = high > low ? (values[i] - low) / (high - low) : 0;
            levels[i] = (byte)Math.Round(255 * Math.Clamp(share, 0, 1));
        }

        using Mat cells = Mat.FromPixelData(side, side, MatType.CV_8UC1, levels);
        using var coloured = new Mat();
        Cv2.ApplyColorMap(cells, coloured, ColormapTypes.Viridis);
        var picture = new Mat();
        Cv2.Resize(coloured, picture, size, interpolation: InterpolationFlags.Nearest);
        return picture;
    }
}
