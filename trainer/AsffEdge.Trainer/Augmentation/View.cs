using System.Numerics;
using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Augmentation;

/// <summary>
/// What of a source picture is shown where. The geometric steps only change this, so that pixels are moved at the end
/// only, at the input size, however many steps there are. Coordinates are continuous: pixel i covers [i, i + 1).
/// </summary>
public sealed class View
{
    /// <summary>The whole picture as it is.</summary>
    /// <param name="source">The picture's size in pixels.</param>
    /// <param name="boxes">Its objects; the list is changed along with the view.</param>
    public View(Size source, List<LabelledBox> boxes)
    {
        Width = source.Width;
        Height = source.Height;
        Visible = new Rect(0, 0, source.Width, source.Height);
        Boxes = boxes;
    }

    /// <summary>Source pixels to canvas pixels.</summary>
    public Matrix3x2 Map { get; private set; } = Matrix3x2.Identity;

    /// <summary>The canvas's width in pixels.</summary>
    public float Width { get; private set; }

    /// <summary>The canvas's height in pixels.</summary>
    public float Height { get; private set; }

    /// <summary>The source pixels that may be seen; a crop takes away the rest for good.</summary>
    public Rect Visible { get; private set; }

    /// <summary>The objects, in canvas pixels.</summary>
    public List<LabelledBox> Boxes { get; }

    /// <summary>Transforms what is on the canvas, boxes included; a turned box becomes the upright one around it.</summary>
    public void Transform(Matrix3x2 step)
    {
        Map *= step;
        for (int index = 0; index < Boxes.Count; index++)
        {
            Boxes[index] = Bound(Boxes[index], step);
        }
    }

    /// <summary>Gives the canvas another size, the content staying where it is.</summary>
    public void SetCanvas(float width, float height)
    {
        Width = width;
        Height = height;
    }

    /// <summary>Hides the source pixels outside a rectangle.</summary>
    public void Show(Rect source) => Visible = Visible.Intersect(source);

    private static LabelledBox Bound(LabelledBox box, Matrix3x2 step)
    {
        Vector2 a = Vector2.Transform(new Vector2(box.Left, box.Top), step);
        Vector2 b = Vector2.Transform(new Vector2(box.Right, box.Top), step);
        Vector2 c = Vector2.Transform(new Vector2(box.Left, box.Bottom), step);
        Vector2 d = Vector2.Transform(new Vector2(box.Right, box.Bottom), step);
        Vector2 low = Vector2.Min(Vector2.Min(a, b), Vector2.Min(c, d));
        Vector2 high = Vector2.Max(Vector2.Max(a, b), Vector2.Max(c, d));
        return box with
        {
            Left = low.X,
            Top = low.Y,
            Width = high.X - low.X,
            Height = high.Y - low.Y,
        };
    }
}
