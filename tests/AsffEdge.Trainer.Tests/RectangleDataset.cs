using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests;

/// <summary>Pictures of bright rectangles on grey, drawn from their number: a real data set without files.</summary>
internal sealed class RectangleDataset(int count) : IDetectionDataset
{
    public int Count => count;

    public IReadOnlyList<string> Labels => ["rectangle"];

    public Sample Load(int index)
    {
        var image = new Mat(320, 320, MatType.CV_8UC3, new Scalar(90, 90, 90));
        var random = new Random(index);
        LabelledBox[] boxes =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(column =>
                {
                    int width = random.Next(20, 60);
                    int height = random.Next(40, 120);
                    int left = (column * 106) + random.Next(0, 106 - width);
                    int top = random.Next(0, 320 - height);
                    Cv2.Rectangle(
                        image,
                        new Rect(left, top, width, height),
                        new Scalar(250, 250, 250),
                        -1
                    );
                    return new LabelledBox(0, left, top, width, height);
                }),
        ];
        return new Sample(image, boxes, $"rectangles-{index}");
    }
}
