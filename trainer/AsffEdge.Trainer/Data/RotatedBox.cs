namespace AsffEdge.Trainer.Data;

/// <summary>Boxes that a person has turned about their centre, as CVAT lets one do. A detector's boxes are upright, so the upright box around a turned one counts.</summary>
internal static class RotatedBox
{
    private const double HalfTurn = 180;

    /// <summary>Whether a box is another one after it is turned. Half a turn changes nothing.</summary>
    /// <param name="degrees">The angle, any number.</param>
    public static bool IsTurned(double degrees) => Math.IEEERemainder(degrees, HalfTurn) != 0;

    /// <summary>The smallest upright box around a turned one.</summary>
    /// <param name="box">Left, top, width, height in pixels before it is turned.</param>
    /// <param name="degrees">The angle; clockwise and counter-clockwise give the same.</param>
    /// <returns>Left, top, width, height, with the same centre.</returns>
    public static double[] Enclosing(double[] box, double degrees)
    {
        (double left, double top, double width, double height) = (box[0], box[1], box[2], box[3]);
        (double sine, double cosine) = Math.SinCos(degrees * Math.PI / HalfTurn);
        double outerWidth = Math.Abs(width * cosine) + Math.Abs(height * sine);
        double outerHeight = Math.Abs(width * sine) + Math.Abs(height * cosine);
        return
        [
            left + (width - outerWidth) / 2,
            top + (height - outerHeight) / 2,
            outerWidth,
            outerHeight,
        ];
    }

    /// <summary>The part of a box that is inside of its picture; the box itself where none is.</summary>
    /// <param name="box">Left, top, width, height in pixels.</param>
    /// <param name="width">The picture's, in pixels.</param>
    /// <param name="height">The picture's, in pixels.</param>
    public static double[] CutTo(double[] box, int width, int height)
    {
        double left = Math.Max(box[0], 0);
        double top = Math.Max(box[1], 0);
        double right = Math.Min(box[0] + box[2], width);
        double bottom = Math.Min(box[1] + box[3], height);
        return right > left && bottom > top ? [left, top, right - left, bottom - top] : box;
    }
}
