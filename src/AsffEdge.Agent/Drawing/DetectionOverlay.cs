using System.Globalization;
using AsffEdge.Detection;
using OpenCvSharp;

namespace AsffEdge.Agent.Drawing;

/// <summary>Draws objects onto pictures: a box each, with its class and score.</summary>
public static class DetectionOverlay
{
    private const HersheyFonts Font = HersheyFonts.HersheySimplex;

    /// <summary>Draws into the picture.</summary>
    /// <param name="picture">8-bit BGR, of any size.</param>
    /// <param name="objects">Boxes as fractions 0..1 of the picture.</param>
    /// <param name="labels">Class names by class id; a class without one is shown by its number.</param>
    public static void Draw(
        Mat picture,
        ReadOnlySpan<DetectedObject> objects,
        IReadOnlyList<string> labels
    )
    {
        // Lines and letters that stay visible when a large picture is shown small.
        double scale = Math.Max(0.35, Math.Max(picture.Width, picture.Height) / 1600.0);
        int thickness = Math.Max(1, (int)Math.Round(2 * scale));

        // Best last, so that its label lies on top.
        for (int i = objects.Length - 1; i >= 0; i--)
        {
            DetectedObject found = objects[i];
            var area = Rect.FromLTRB(
                (int)Math.Round(found.Box.Left * picture.Width),
                (int)Math.Round(found.Box.Top * picture.Height),
                (int)Math.Round(found.Box.Right * picture.Width),
                (int)Math.Round(found.Box.Bottom * picture.Height)
            );
            string name =
                (uint)found.ClassId < (uint)labels.Count
                    ? labels[found.ClassId]
                    : found.ClassId.ToString(CultureInfo.InvariantCulture);
            string label = string.Create(
                CultureInfo.InvariantCulture,
                $"{name} {found.Score:0.00}"
            );
            Scalar colour = ColourOf(found.ClassId);
            picture.Rectangle(area, colour, thickness);
            DrawLabel(picture, label, area, colour, scale);
        }
    }

    private static void DrawLabel(Mat picture, string label, Rect area, Scalar colour, double scale)
    {
        Size text = Cv2.GetTextSize(label, Font, scale, 1, out int baseline);
        int height = text.Height + baseline;

        // Above the box; inside where there is no room above.
        int top = area.Top >= height ? area.Top - height : area.Top;
        int left = Math.Clamp(area.Left, 0, Math.Max(0, picture.Width - text.Width));
        picture.Rectangle(new Rect(left, top, text.Width, height), colour, -1);
        picture.PutText(
            label,
            new Point(left, top + text.Height + (baseline / 2)),
            Font,
            scale,
            Scalar.Black,
            1,
            LineTypes.AntiAlias
        );
    }

    /// <summary>Bright colours, far apart for neighbouring class ids (steps of the golden angle around the hue circle).</summary>
    private static Scalar ColourOf(int classId)
    {
        double hue = (120 + (classId * 137.508)) % 360 / 60;
        double middle = 255 * (1 - Math.Abs((hue % 2) - 1));
        (double red, double green, double blue) = (int)hue switch
        {
            0 => (255.0, middle, 0.0),
            1 => (middle, 255.0, 0.0),
            2 => (0.0, 255.0, middle),
            3 => (0.0, middle, 255.0),
            4 => (middle, 0.0, 255.0),
            _ => (255.0, 0.0, middle),
        };
        return new Scalar(blue, green, red);
    }
}
