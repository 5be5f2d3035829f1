using AsffEdge.Detection;
using OpenCvSharp;

namespace AsffEdge.Trainer.Data;

/// <summary>What the networks trained here take as input.</summary>
public static class NetworkInput
{
    /// <summary>RGB, with ImageNet's mean and deviation, which the backbones are used to.</summary>
    public static InputManifest Manifest { get; } =
        new()
        {
            Name = "images",
            Mean = [0.485f, 0.456f, 0.406f],
            Std = [0.229f, 0.224f, 0.225f],
        };

    /// <summary>The 8-bit colour that becomes 0, in OpenCV's order: blue, green, red.</summary>
    public static Scalar MeanColour(InputManifest input)
    {
        double[] mean = [.. input.Mean.Select(value => Math.Round(255 * value))];
        return input.Color == "rgb"
            ? new Scalar(mean[2], mean[1], mean[0])
            : new Scalar(mean[0], mean[1], mean[2]);
    }
}
