using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Data;

/// <summary>Black pictures with white rectangles, drawn when asked for; the rectangles are the objects.</summary>
internal sealed class InMemoryDataset(params InMemoryDataset.Scene[] scenes) : IDetectionDataset
{
    internal sealed record Scene(int Width, int Height, params Rect[] Objects);

    public int Count => scenes.Length;

    public IReadOnlyList<string> Labels { get; } = ["rectangle"];

    /// <summary>Pictures of one size with one object each, its place depending on the number.</summary>
    public static InMemoryDataset Of(int count) =>
        new([
            .. Enumerable
                .Range(0, count)
                .Select(index => new Scene(
                    96,
                    64,
                    new Rect(3 * index % 60, 5 * index % 30, 20, 25)
                )),
        ]);

    public Sample Load(int index)
    {
        Scene scene = scenes[index];
        var image = new Mat(scene.Height, scene.Width, MatType.CV_8UC3, Scalar.All(0));
        foreach (Rect rectangle in scene.Objects)
        {
            Cv2.Rectangle(image, rectangle, Scalar.All(255), -1);
        }

        LabelledBox[] boxes =
        [
            .. scene.Objects.Select(rectangle => new LabelledBox(
                0,
                rectangle.X,
                rectangle.Y,
                rectangle.Width,
                rectangle.Height
            )),
        ];
        return new Sample(image, boxes, $"scene {index}");
    }
}
