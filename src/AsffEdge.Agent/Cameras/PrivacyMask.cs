using AsffEdge.Agent.Configuration;
using OpenCvSharp;

namespace AsffEdge.Agent.Cameras;

/// <summary>
/// Blackens parts of pictures. What is to be black is worked out once for a size of picture, as runs of pixels in its rows; a frame
/// then costs no more than clearing them, and nothing on the managed heap. One thread.
/// </summary>
public sealed class PrivacyMask
{
    private const int Shift = 8; // fractional bits of the corners handed to OpenCV
    private const int BytesAPixel = 3;

    private readonly Polygon[] _polygons;
    private Run[] _runs = [];
    private Size _size;

    /// <summary>Leaves pictures as they are.</summary>
    public static PrivacyMask None { get; } = new([]);

    /// <summary>A mask of several parts.</summary>
    public PrivacyMask(IEnumerable<MaskOptions> masks) =>
        _polygons = [.. masks.Select(mask => Polygon.Of(mask.Corners))];

    /// <summary>Blackens every pixel of which any part lies inside the mask, and at most two more around it.</summary>
    /// <param name="picture">8-bit BGR, of any size.</param>
    public unsafe void Apply(Mat picture)
    {
        if (_polygons.Length == 0)
        {
            return;
        }

        Size size = picture.Size();
        if (size != _size)
        {
            _runs = FindRuns(size);
            _size = size;
        }

        foreach (Run run in _runs)
        {
            new Span<byte>(
                (byte*)picture.Ptr(run.Row) + (run.From * BytesAPixel),
                run.Count * BytesAPixel
            ).Clear();
        }
    }

    private unsafe Run[] FindRuns(Size size)
    {
        using Mat mask = Mat.Zeros(size, MatType.CV_8UC1);
        foreach (Polygon polygon in _polygons)
        {
            // One by one: where two overlap, both are meant.
            mask.FillPoly([Corners(polygon, size)], Scalar.White, LineTypes.Link8, Shift);
        }

        // Pixels that it only grazes show something of it too.
        using Mat grown = new();
        Cv2.Dilate(mask, grown, new Mat());
        List<Run> runs = [];
        for (int row = 0; row < size.Height; row++)
        {
            ReadOnlySpan<byte> pixels = new((void*)grown.Ptr(row), size.Width);
            for (int from = 0; from < pixels.Length; )
            {
                int start = pixels[from..].IndexOfAnyExcept((byte)0);
                if (start < 0)
                {
                    break;
                }

                from += start;
                int count = pixels[from..].IndexOf((byte)0);
                count = count < 0 ? pixels.Length - from : count;
                runs.Add(new Run(row, from, count));
                from += count;
            }
        }

        return [.. runs];
    }

    /// <summary>In OpenCV's coordinates the middle of the first pixel is 0, not its edge.</summary>
    private static Point[] Corners(Polygon polygon, Size size) =>
        [
            .. polygon.Corners.Select(corner => new Point(
                Fixed((corner.X * size.Width) - 0.5),
                Fixed((corner.Y * size.Height) - 0.5)
            )),
        ];

    private static int Fixed(double value) => (int)Math.Round(value * (1 << Shift));

    /// <summary>Pixels in one row.</summary>
    private readonly record struct Run(int Row, int From, int Count);
}
