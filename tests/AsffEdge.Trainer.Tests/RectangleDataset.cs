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

    /// <summary>The same as files: <c>data.json</c> beside a folder <c>pictures</c>.</summary>
    public static void WriteFiles(string folder, int count)
    {
        Directory.CreateDirectory(Path.Combine(folder, "pictures"));
        var dataset = new RectangleDataset(count);
        List<CocoImage> images = [];
        List<CocoAnnotation> annotations = [];
        for (int index = 0; index < count; index++)
        {
            using Sample sample = dataset.Load(index);
            Cv2.ImWrite(Path.Combine(folder, "pictures", $"{index}.png"), sample.Image);
            images.Add(
                new CocoImage(index + 1, $"{index}.png", sample.Image.Width, sample.Image.Height)
            );
            foreach (LabelledBox box in sample.Boxes)
            {
                annotations.Add(
                    new CocoAnnotation(
                        annotations.Count + 1,
                        index + 1,
                        1,
                        [box.Left, box.Top, box.Width, box.Height],
                        box.Width * box.Height,
                        0
                    )
                );
            }
        }

        new CocoDocument
        {
            Images = images,
            Annotations = annotations,
            Categories = [new CocoCategory(1, "rectangle")],
        }.Write(Path.Combine(folder, "data.json"));
    }
}
