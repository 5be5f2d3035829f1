using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Tests.Comparison;

/// <summary>Scenes and what a model of a known quality finds in them.</summary>
internal static class SimulatedModel
{
    /// <summary>Pictures with up to six objects of some classes, and some crowds; ids are not in order.</summary>
    public static AnnotationSet Scene(Random random, int images, int classes)
    {
        var pictures = new List<AnnotatedImage>();
        var objects = new List<GroundTruthBox>();
        for (int index = 0; index < images; index++)
        {
            long id = (index * 7919L) % 100_003;
            pictures.Add(
                new AnnotatedImage(id, $"cam-{index % 3}/{index}.jpg", 640, 480, () => "")
            );
            for (int count = random.Next(7); count > 0; count--)
            {
                double width = random.Next(8, 160);
                double height = random.Next(8, 160);
                objects.Add(
                    new GroundTruthBox(
                        id,
                        random.Next(classes),
                        random.Next(480),
                        random.Next(320),
                        width,
                        height,
                        width * height,
                        random.Next(15) == 0
                    )
                );
            }
        }

        return new AnnotationSet(
            [.. Enumerable.Range(0, classes).Select(index => $"class {index}")],
            [.. Enumerable.Range(1, classes).Select(index => (int?)index)],
            pictures,
            objects
        );
    }

    /// <summary>Finds each object with a probability, boxes off by some pixels, and false alarms between.</summary>
    public static List<ScoredBox> Detect(Random random, AnnotationSet scene, double recall)
    {
        var found = new List<ScoredBox>();
        foreach (GroundTruthBox box in scene.Objects.Where(_ => random.NextDouble() < recall))
        {
            double Off(double side) => side * 0.15 * (random.NextDouble() - 0.5);
            found.Add(
                new ScoredBox(
                    box.ImageId,
                    box.ClassId,
                    box.Left + Off(box.Width),
                    box.Top + Off(box.Height),
                    box.Width + Off(box.Width),
                    box.Height + Off(box.Height),
                    0.3 + 0.7 * random.NextDouble()
                )
            );
        }

        foreach (AnnotatedImage image in scene.Images.Where(_ => random.Next(2) == 0))
        {
            found.Add(
                new ScoredBox(
                    image.Id,
                    random.Next(scene.Labels.Count),
                    random.Next(480),
                    random.Next(320),
                    random.Next(8, 120),
                    random.Next(8, 120),
                    0.7 * random.NextDouble()
                )
            );
        }

        return found;
    }
}
