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

        for (int row = 0; row < size; row++)
        {
            var pixels = new ReadOnlySpan<byte>((void*)picture.Ptr(row), 3 * size);
            for (int channel = 0; channel < 3; channel++)
            {
                int start = ((_plane[channel] * size) + row) * size;
                Normalise(pixels, channel, planes.Slice(start, size));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _resized.Dispose();

    /// <summary>One channel of a row of interleaved bytes to floats. 16 pixels at a time: 48 bytes, of which it takes every third.</summary>
    private void Normalise(ReadOnlySpan<byte> row, int channel, Span<float> target)
    {
        Vector128<float> scale = Vector128.Create(_scale[channel]);
        Vector128<float> offset = Vector128.Create(_offset[channel]);
        Vector128<byte> fromFirst = Picks[3 * channel];
        Vector128<byte> fromSecond = Picks[(3 * channel) + 1];
        Vector128<byte> fromThird = Picks[(3 * channel) + 2];
        ref byte bytes = ref MemoryMarshal.GetReference(row);
        ref float floats = ref MemoryMarshal.GetReference(target);
        int pixel = 0;
        for (; pixel <= target.Length - 16; pixel += 16)
        {
            nuint start = (nuint)(3 * pixel);
            Vector128<byte> values =
                Vector128.ShuffleNative(Vector128.LoadUnsafe(ref bytes, start), fromFirst)
                | Vector128.ShuffleNative(Vector128.LoadUnsafe(ref bytes, start + 16), fromSecond)
                | Vector128.ShuffleNative(Vector128.LoadUnsafe(ref bytes, start + 32), fromThird);
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(values);
            (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
            (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
            Store(a, scale, offset, ref floats, pixel);
            Store(b, scale, offset, ref floats, pixel + 4);
            Store(c, scale, offset, ref floats, pixel + 8);
            Store(d, scale, offset, ref floats, pixel + 12);
        }

        for (; pixel < target.Length; pixel++)
        {
            target[pixel] = (row[(3 * pixel) + channel] * _scale[channel]) + _offset[channel];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector128<uint> values,
        Vector128<float> scale,
        Vector128<float> offset,
        ref float target,
        int pixel
    )
    {
        Vector128<float> numbers = Vector128.ConvertToSingle(values.AsInt32());
        ((numbers * scale) + offset).StoreUnsafe(ref target, (nuint)pixel);
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
