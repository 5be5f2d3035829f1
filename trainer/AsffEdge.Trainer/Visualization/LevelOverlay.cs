using AsffEdge.Detection;
using OpenCvSharp;

namespace AsffEdge.Trainer.Visualization;

/// <summary>Draws objects in the colour of the pyramid level that found them, as the paper's Figures 3 and 4 number them.</summary>
internal static class LevelOverlay
{
    private const int TagHeight = 16;

    /// <summary>Boxes with tags: level, class where there are several, score.</summary>
    /// <param name="picture">8-bit BGR; drawn into.</param>
    /// <param name="objects">Boxes as fractions 0..1 of the picture.</param>
    /// <param name="labels">Class names by id.</param>
    public static void Draw(
        Mat picture,
        IReadOnlyList<DetectedObject> objects,
        IReadOnlyList<string> labels
    )
    {
        // Best last, so that its tag lies on top.
        foreach (DetectedObject found in objects.Reverse())
        {
            Rect area = AreaOf(found, picture);
            Scalar colour = Caption.ColourOf(found.Level);
            picture.Rectangle(area, colour, 2);
            string name = labels.Count > 1 ? $" {labels[found.ClassId]}" : "";
            string text = Caption.Text($"{found.Level}{name} {found.Score:F2}");
            int width = Caption.Width(text) + 4;
            // Above the box; inside where there is no room above.
            int top = area.Top >= TagHeight ? area.Top - TagHeight : area.Top;
            int left = Math.Clamp(area.Left - 1, 0, Math.Max(0, picture.Width - width));
            picture.Rectangle(new Rect(left, top, width, TagHeight), colour, -1);
            Caption.Write(picture, text, left + 2, top - 2);
        }
    }

    /// <summary>Thin frames without tags, for orientation in a heat map.</summary>
    public static void Outline(Mat picture, IEnumerable<DetectedObject> objects)
    {
        foreach (DetectedObject found in objects)
        {
            picture.Rectangle(AreaOf(found, picture), Scalar.White, 1);
        }
    }

    private static Rect AreaOf(DetectedObject found, Mat picture) =>
        Rect.FromLTRB(
            (int)Math.Round(found.Box.Left * picture.Width),
            (int)Math.Round(found.Box.Top * picture.Height),
            (int)Math.Round(found.Box.Right * picture.Width),
            (int)Math.Round(found.Box.Bottom * picture.Height)
        );
}
