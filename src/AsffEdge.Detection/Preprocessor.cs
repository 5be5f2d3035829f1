using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using OpenCvSharp;

namespace AsffEdge.Detection;

/// <summary>
/// Turns a picture into the network's input: a plain bilinear resize to S×S, then (x/255 − mean)/std as planes in the manifest's channel
/// order. Not thread-safe.
/// </summary>
public sealed unsafe class Preprocessor : IDisposable
{
    private static readonly Vector128<byte>[] Picks = MakePicks();

    private readonly Mat _resized = new();

    // By channel of the source (blue, green, red): value·scale + offset, and the plane it goes to.
    private readonly float[] _scale = new float[3];
    private readonly float[] _offset = new float[3];
    private readonly int[] _plane = new int[3];

    /// <summary>Prepares for the input that a manifest describes.</summary>
    public Preprocessor(InputManifest input)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            int plane = input.Color == "rgb" ? 2 - channel : channel;
            _plane[channel] = plane;
            _scale[channel] = 1 / (255 * input.Std[plane]);
            _offset[channel] = -input.Mean[plane] / input.Std[plane];
        }
    }

    /// <summary>Fills one network input. Allocates nothing on the managed heap.</summary>
    /// <param name="bgr">A picture of any size, 8 bits, 3 channels, BGR.</param>
    /// <param name="size">Side of the input in pixels.</param>
    /// <param name="planes">Takes [3, size, size] floats.</param>
    /// <exception cref="ArgumentException">The picture is empty or of another type, or <paramref name="planes"/> has
    /// another length.</exception>
    public void Run(Mat bgr, int size, Span<float> planes)
    {
        if (bgr.Type() != MatType.CV_8UC3 || bgr.Empty())
        {
            throw new ArgumentException(
                $"is a picture of {bgr.Cols}×{bgr.Rows}, type {bgr.Type()}; allowed: any size above 0, type CV_8UC3 (BGR)",
                nameof(bgr)
            );
        }

        if (planes.Length != 3 * size * size)
        {
            throw new ArgumentException(
                $"holds {planes.Length} floats; size {size} needs {3 * size * size}",
                nameof(planes)
            );
        }

        Mat picture = bgr;
        if (bgr.Rows != size || bgr.Cols != size)
        {
            Resizing.Resize(bgr, _resized, new Size(size, size), InterpolationFlags.Linear);
            picture = _resized;
        }

        fixed (float* target = planes)
        {
            int plane = size * size;
            float* blue = target + (_plane[0] * plane);
            float* green = target + (_plane[1] * plane);
            float* red = target + (_plane[2] * plane);
            for (int row = 0; row < size; row++, blue += size, green += size, red += size)
            {
                Normalise((byte*)picture.Ptr(row), size, blue, green, red);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _resized.Dispose();

    /// <summary>A row of interleaved bytes to three rows of floats. 16 pixels at a time: 48 bytes, read once.</summary>
    private void Normalise(byte* row, int pixels, float* blue, float* green, float* red)
    {
        int pixel = 0;
        for (; pixel <= pixels - 16; pixel += 16, row += 48)
        {
            Vector128<byte> first = Vector128.Load(row);
            Vector128<byte> second = Vector128.Load(row + 16);
            Vector128<byte> third = Vector128.Load(row + 32);
            Store(first, second, third, 0, blue + pixel);
            Store(first, second, third, 1, green + pixel);
            Store(first, second, third, 2, red + pixel);
        }

        for (; pixel < pixels; pixel++, row += 3)
        {
            blue[pixel] = (row[0] * _scale[0]) + _offset[0];
            green[pixel] = (row[1] * _scale[1]) + _offset[1];
            red[pixel] = (row[2] * _scale[2]) + _offset[2];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(
        Vector128<byte> first,
        Vector128<byte> second,
        Vector128<byte> third,
        int channel,
        float* target
    )
    {
        Vector128<byte> values =
            Vector128.ShuffleNative(first, Picks[3 * channel])
            | Vector128.ShuffleNative(second, Picks[(3 * channel) + 1])
            | Vector128.ShuffleNative(third, Picks[(3 * channel) + 2]);
        Vector256<float> scale = Vector256.Create(_scale[channel]);
        Vector256<float> offset = Vector256.Create(_offset[channel]);
        (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(
            Vector256.WidenLower(values.ToVector256Unsafe())
        );
        Vector256
            .FusedMultiplyAdd(Vector256.ConvertToSingle(low.AsInt32()), scale, offset)
            .Store(target);
        Vector256
            .FusedMultiplyAdd(Vector256.ConvertToSingle(high.AsInt32()), scale, offset)
            .Store(target + 8);
    }

    /// <summary>
    /// By channel, then by third of the 48 bytes: where in it each of 16 pixels has its byte; 255, which gives 0, where
    /// that lies in another third.
    /// </summary>
    private static Vector128<byte>[] MakePicks()
    {
        var picks = new Vector128<byte>[9];
        Span<byte> places = stackalloc byte[16];
        for (int i = 0; i < picks.Length; i++)
        {
            (int channel, int third) = Math.DivRem(i, 3);
            for (int pixel = 0; pixel < places.Length; pixel++)
            {
                int place = (3 * pixel) + channel - (16 * third);
                places[pixel] = place is >= 0 and < 16 ? (byte)place : (byte)255;
            }

            picks[i] = Vector128.Create<byte>(places);
        }

        return picks;
    }
}
