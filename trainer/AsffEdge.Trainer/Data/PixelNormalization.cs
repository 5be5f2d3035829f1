using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>How 8-bit BGR pixels become the network's input: RGB planes, scaled to 0..1, minus the mean, over the deviation.</summary>
public sealed class PixelNormalization : IDisposable
{
    private readonly float[] _mean;
    private readonly float[] _std;
    private readonly Mat _channel = new();

    /// <param name="mean">Red, green, blue; 0..1.</param>
    /// <param name="std">Red, green, blue; above 0.</param>
    public PixelNormalization(IReadOnlyList<float> mean, IReadOnlyList<float> std)
    {
        if (mean.Count != 3 || std.Count != 3 || std.Any(value => value <= 0))
        {
            throw new ArgumentException(
                "mean and std must hold 3 numbers each (red, green, blue), std above 0"
            );
        }

        _mean = [.. mean];
        _std = [.. std];
    }

    /// <summary>ImageNet's mean, which the network's backbones are used to; red, green, blue.</summary>
    public static IReadOnlyList<float> ImageNetMean { get; } = [0.485f, 0.456f, 0.406f];

    /// <summary>ImageNet's standard deviation; red, green, blue.</summary>
    public static IReadOnlyList<float> ImageNetStd { get; } = [0.229f, 0.224f, 0.225f];

    /// <summary>The 8-bit colour that becomes 0, in OpenCV's order: blue, green, red.</summary>
    public static Scalar MeanColour(IReadOnlyList<float> mean) =>
        new(Math.Round(255 * mean[2]), Math.Round(255 * mean[1]), Math.Round(255 * mean[0]));

    /// <summary>Writes a picture as three planes.</summary>
    /// <param name="picture">8UC3 BGR.</param>
    /// <param name="planes">Receives [3, height, width]; exactly that long.</param>
    public unsafe void Write(Mat picture, Span<float> planes)
    {
        int plane = picture.Width * picture.Height;
        ArgumentOutOfRangeException.ThrowIfNotEqual(planes.Length, 3 * plane);
        fixed (float* start = planes)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                Cv2.ExtractChannel(picture, _channel, 2 - channel);
                // A header over our memory: it has the right size and type, so ConvertTo writes there.
                using Mat target = Mat.FromPixelData(
                    picture.Rows,
                    picture.Cols,
                    MatType.CV_32FC1,
                    (nint)(start + channel * plane)
                );
                double scale = 1.0 / (255 * _std[channel]);
                _channel.ConvertTo(
                    target,
                    MatType.CV_32FC1,
                    scale,
                    -_mean[channel] / _std[channel]
                );
            }
        }
    }

    public void Dispose() => _channel.Dispose();
}
