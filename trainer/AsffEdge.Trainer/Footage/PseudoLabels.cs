using AsffEdge.Detection;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Prediction;
using OpenCvSharp;

namespace AsffEdge.Trainer.Footage;

/// <summary>Labels pictures by a teacher model. What a person has corrected stays.</summary>
/// <param name="teacher">The model; knows all of the data set's classes.</param>
/// <param name="size">Its input size in pixels.</param>
/// <param name="minScore">Least score of an object that is taken, 0..1.</param>
/// <param name="nms">NMS threshold, 0..1.</param>
internal sealed class PseudoLabels(IPredictor teacher, int size, float minScore, float nms)
{
    private readonly DetectedObject[] _found = new DetectedObject[Predictor.MaxDetections];

    /// <summary>Refuses a teacher that lacks classes.</summary>
    /// <exception cref="InvalidDatasetException">It does.</exception>
    public void RequireClasses(DatasetFolder dataset)
    {
        string[] missing = [.. dataset.Manifest.Classes.Except(teacher.Manifest.Labels)];
        if (missing.Length > 0)
        {
            throw new InvalidDatasetException(
                $"{dataset.Path}: the teacher {teacher.Manifest.Name} does not know {string.Join(", ", missing)}; it knows {string.Join(", ", teacher.Manifest.Labels)}"
            );
        }
    }

    /// <summary>Labels a picture anew; classes that the data set does not have are left out.</summary>
    /// <exception cref="DatasetException">The picture cannot be read.</exception>
    public DatasetItem Label(DatasetFolder dataset, DatasetItem item)
    {
        if (item.Image.Reviewed)
        {
            return item;
        }

        string file = dataset.FileOf(item.Image);
        using Mat picture = Cv2.ImRead(file, ImreadModes.Color);
        if (picture.Empty())
        {
            throw new DatasetException($"{file}: cannot be read as an image");
        }

        int count = teacher.Detect(picture, size, minScore, nms, _found);
        Dictionary<string, int> ids = AnnotationRules.IndexOf(dataset.Manifest.Classes);
        List<FootageAnnotation> labels = [];
        foreach (DetectedObject found in _found.AsSpan(0, count))
        {
            double[] box =
            [
                Math.Round(found.Box.Left * (double)picture.Width, 2),
                Math.Round(found.Box.Top * (double)picture.Height, 2),
                Math.Round(found.Box.Width * (double)picture.Width, 2),
                Math.Round(found.Box.Height * (double)picture.Height, 2),
            ];
            bool isKnown = ids.TryGetValue(teacher.Manifest.Labels[found.ClassId], out int classId);
            if (isKnown && box[2] > 0 && box[3] > 0)
            {
                labels.Add(
                    new FootageAnnotation
                    {
                        Id = 0,
                        ImageId = 0,
                        CategoryId = classId + 1,
                        Bbox = box,
                        Area = Math.Round(box[2] * box[3], 2),
                        Score = Math.Round(found.Score, 4),
                        Source = FootageAnnotation.Teacher,
                    }
                );
            }
        }

        return item with
        {
            Annotations = labels,
        };
    }
}
