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
            Normalise(
                new ReadOnlySpan<byte>((void*)picture.Ptr(row), 3 * size),
                planes[(row * size)..],
                size * size
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _resized.Dispose();

    /// <summary>One row: interleaved bytes to three planes that lie <paramref name="planeLength"/> apart.</summary>
    private void Normalise(ReadOnlySpan<byte> row, Span<float> planes, int planeLength)
    {
        int pixels = row.Length / 3;
        ref byte source = ref MemoryMarshal.GetReference(row);
        ref float blue = ref planes[_plane[0] * planeLength];
        ref float green = ref planes[_plane[1] * planeLength];
        ref float red = ref planes[_plane[2] * planeLength];
        int pixel = 0;
        for (; pixel <= pixels - 16; pixel += 16)
        {
            Vector128<byte> first = Vector128.LoadUnsafe(ref source, (nuint)(3 * pixel));
            Vector128<byte> second = Vector128.LoadUnsafe(ref source, (nuint)((3 * pixel) + 16));
            Vector128<byte> third = Vector128.LoadUnsafe(ref source, (nuint)((3 * pixel) + 32));

            Store(Gather(0, first, second, third), 0, ref blue, pixel);
            Store(Gather(1, first, second, third), 1, ref green, pixel);
            Store(Gather(2, first, second, third), 2, ref red, pixel);
        }

        for (; pixel < pixels; pixel++)
        {
            Unsafe.Add(ref blue, pixel) = (row[3 * pixel] * _scale[0]) + _offset[0];
            Unsafe.Add(ref green, pixel) = (row[(3 * pixel) + 1] * _scale[1]) + _offset[1];
            Unsafe.Add(ref red, pixel) = (row[(3 * pixel) + 2] * _scale[2]) + _offset[2];
        }
    }

    /// <summary>Every third of 48 bytes, from <paramref name="channel"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Gather(
        int channel,
        Vector128<byte> first,
        Vector128<byte> second,
        Vector128<byte> third
    ) =>
        Vector128.ShuffleNative(first, Picks[3 * channel])
        | Vector128.ShuffleNative(second, Picks[(3 * channel) + 1])
        | Vector128.ShuffleNative(third, Picks[(3 * channel) + 2]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store(Vector128<byte> values, int channel, ref float plane, int pixel)
    {
        Vector128<float> scale = Vector128.Create(_scale[channel]);
        Vector128<float> offset = Vector128.Create(_offset[channel]);
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(values);
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
        Store(a, scale, offset, ref plane, pixel);
        Store(b, scale, offset, ref plane, pixel + 4);
        Store(c, scale, offset, ref plane, pixel + 8);
        Store(d, scale, offset, ref plane, pixel + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector128<uint> values,
        Vector128<float> scale,
        Vector128<float> offset,
        ref float plane,
        int pixel
    )
    {
        Vector128<float> numbers = Vector128.ConvertToSingle(values.AsInt32());
        ((numbers * scale) + offset).StoreUnsafe(ref plane, (nuint)pixel);
    }

    /// <summary>
    /// By channel, then by piece of 16 of the 48 bytes: where in the piece each of 16 pixels has its byte, 255 (which
    /// gives 0) where it lies in another.
    /// </summary>
    private static Vector128<byte>[] MakePicks()
    {
        var picks = new Vector128<byte>[9];
        Span<byte> places = stackalloc byte[16];
        for (int i = 0; i < picks.Length; i++)
        {
            (int channel, int piece) = Math.DivRem(i, 3);
            for (int pixel = 0; pixel < places.Length; pixel++)
            {
                int place = (3 * pixel) + channel - (16 * piece);
                places[pixel] = place is >= 0 and < 16 ? (byte)place : (byte)255;
            }

            picks[i] = Vector128.Create<byte>(places);
        }

        return picks;
    }
}
