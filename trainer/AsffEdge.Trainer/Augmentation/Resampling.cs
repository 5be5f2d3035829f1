using System.Numerics;
using OpenCvSharp;

namespace AsffEdge.Trainer.Augmentation;

/// <summary>How pixels are interpolated.</summary>
public enum Interpolation
{
    Nearest,
    Linear,
    Cubic,

    /// <summary>Averages the source pixels under each pixel where the picture shrinks, linear where it grows.</summary>
    Area,
    Lanczos,
}

/// <summary>Moves the pixels as a <see cref="View"/> says.</summary>
public sealed class Resampling : IDisposable
{
    // Of a pixel: below this two edges are the same.
    private const float Tolerance = 0.01f;
    private const int FractionBits = 4;
    private readonly Mat _rescaled = new();
    private readonly Mat _outside = new();
    private readonly Mat _matrix = new(2, 3, MatType.CV_64FC1);

    /// <summary>Draws the view's canvas. Pixels that show nothing of the source repeat its edge, until <see cref="FillOutside"/>.</summary>
    /// <param name="source">8UC3.</param>
    /// <param name="view">The canvas must have the size of <paramref name="canvas"/>.</param>
    /// <param name="interpolation">How.</param>
    /// <param name="canvas">8UC3 of the wanted size; overwritten.</param>
    public void Draw(Mat source, View view, Interpolation interpolation, Mat canvas)
    {
        using var visible = new Mat(source, view.Visible);
        Matrix3x2 map = Matrix3x2.CreateTranslation(view.Visible.X, view.Visible.Y) * view.Map;
        if (Fills(visible, map, canvas))
        {
            // The same call as at inference, so that without augmentation training sees the same pixels.
            Cv2.Resize(visible, canvas, canvas.Size(), 0, 0, Flag(interpolation));
            return;
        }

        // Cubic and wider kernels are far dearer in a warp than in a resize, and averaging exists only there: so resize first,
        // and let the warp, at the right size by then, be linear.
        Mat drawn =
            interpolation == Interpolation.Linear
                ? visible
                : Rescale(visible, interpolation, ref map);
        Warp(drawn, map, canvas);
    }

    /// <summary>Paints everything outside the source's visible part in one colour.</summary>
    public void FillOutside(View view, Scalar colour, Mat canvas)
    {
        if (Covers(view, canvas))
        {
            return;
        }

        Rect shown = view.Visible;
        Point[] corners =
        [
            Corner(shown.Left, shown.Top),
            Corner(shown.Right, shown.Top),
            Corner(shown.Right, shown.Bottom),
            Corner(shown.Left, shown.Bottom),
        ];
        _outside.Create(canvas.Size(), MatType.CV_8UC1);
        _outside.SetTo(Scalar.All(255));
        Cv2.FillConvexPoly(_outside, corners, Scalar.All(0), LineTypes.Link8, FractionBits);
        canvas.SetTo(colour, _outside);

        // In OpenCV's fixed point, counted from pixel centres.
        Point Corner(float x, float y)
        {
            Vector2 corner =
                (Vector2.Transform(new Vector2(x, y), view.Map) - new Vector2(0.5f))
                * (1 << FractionBits);
            return new Point((int)MathF.Round(corner.X), (int)MathF.Round(corner.Y));
        }
    }

    public void Dispose()
    {
        _rescaled.Dispose();
        _outside.Dispose();
        _matrix.Dispose();
    }

    private static bool Fills(Mat visible, Matrix3x2 map, Mat canvas) =>
        map is { M12: 0, M21: 0, M11: > 0, M22: > 0 }
        && MathF.Abs(map.M31) < Tolerance
        && MathF.Abs(map.M32) < Tolerance
        && MathF.Abs(map.M11 * visible.Width - canvas.Width) < Tolerance
        && MathF.Abs(map.M22 * visible.Height - canvas.Height) < Tolerance;

    // Whether every corner of the canvas shows a source pixel.
    private static bool Covers(View view, Mat canvas)
    {
        if (!Matrix3x2.Invert(view.Map, out Matrix3x2 back))
        {
            return false;
        }

        Rect shown = view.Visible;
        return Inside(0, 0)
            && Inside(canvas.Width, 0)
            && Inside(0, canvas.Height)
            && Inside(canvas.Width, canvas.Height);

        bool Inside(float x, float y)
        {
            Vector2 point = Vector2.Transform(new Vector2(x, y), back);
            return point.X >= shown.Left - Tolerance
                && point.X <= shown.Right + Tolerance
                && point.Y >= shown.Top - Tolerance
                && point.Y <= shown.Bottom + Tolerance;
        }
    }

    // Resizes to about the size at which the map draws the picture, and takes that scale out of the map.
    private Mat Rescale(Mat visible, Interpolation interpolation, ref Matrix3x2 map)
    {
        float scaleX = new Vector2(map.M11, map.M12).Length();
        float scaleY = new Vector2(map.M21, map.M22).Length();
        int width = Math.Max(1, (int)MathF.Round(visible.Width * scaleX));
        int height = Math.Max(1, (int)MathF.Round(visible.Height * scaleY));
        Cv2.Resize(visible, _rescaled, new Size(width, height), 0, 0, Flag(interpolation));
        map =
            Matrix3x2.CreateScale((float)visible.Width / width, (float)visible.Height / height)
            * map;
        return _rescaled;
    }

    private unsafe void Warp(Mat source, Matrix3x2 map, Mat canvas)
    {
        // OpenCV counts from pixel centres, the view from pixel edges.
        Matrix3x2 centred =
            Matrix3x2.CreateTranslation(0.5f, 0.5f)
            * map
            * Matrix3x2.CreateTranslation(-0.5f, -0.5f);
        double* rows = (double*)_matrix.DataPointer;
        (rows[0], rows[1], rows[2]) = (centred.M11, centred.M21, centred.M31);
        (rows[3], rows[4], rows[5]) = (centred.M12, centred.M22, centred.M32);
        Cv2.WarpAffine(
            source,
            canvas,
            _matrix,
            canvas.Size(),
            InterpolationFlags.Linear,
            BorderTypes.Replicate
        );
    }

    private static InterpolationFlags Flag(Interpolation interpolation) =>
        interpolation switch
        {
            Interpolation.Nearest => InterpolationFlags.Nearest,
            Interpolation.Linear => InterpolationFlags.Linear,
            Interpolation.Cubic => InterpolationFlags.Cubic,
            Interpolation.Area => InterpolationFlags.Area,
            Interpolation.Lanczos => InterpolationFlags.Lanczos4,
            _ => throw new ArgumentOutOfRangeException(
                nameof(interpolation),
                interpolation,
                "not an interpolation"
            ),
        };
}
