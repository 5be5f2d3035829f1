using System.Text.Json;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Evaluation;

/// <summary>Detections in COCO's results format (cocodataset.org, "Results format"), as its evaluation server takes them.</summary>
public static class CocoResultsFile
{
    /// <summary>Detections a picture at most.</summary>
    public const int MostDetections = 100;

    /// <summary>Writes a list of <c>{image_id, category_id, bbox, score}</c>, replacing the file in one step.</summary>
    /// <param name="path">The file.</param>
    /// <param name="detections">Picture by picture, best first; the hundred best of each are written.</param>
    /// <param name="annotations">What was evaluated on: its image ids and category ids are used.</param>
    /// <returns>How many were written. Classes that the annotations do not know are left out.</returns>
    public static int Write(
        string path,
        IEnumerable<ScoredBox> detections,
        AnnotationSet annotations
    )
    {
        int written = 0;
        AtomicFile.Write(
            path,
            stream =>
            {
                using var json = new Utf8JsonWriter(stream);
                json.WriteStartArray();
                foreach (IGrouping<long, ScoredBox> image in detections.GroupBy(box => box.ImageId))
                {
                    foreach (ScoredBox box in image.Take(MostDetections))
                    {
                        if (annotations.CategoryIds[box.ClassId] is { } category)
                        {
                            WriteOne(json, box, category);
                            written++;
                        }
                    }
                }

                json.WriteEndArray();
            }
        );
        return written;
    }

    private static void WriteOne(Utf8JsonWriter json, in ScoredBox box, int category)
    {
        json.WriteStartObject();
        json.WriteNumber("image_id", box.ImageId);
        json.WriteNumber("category_id", category);
        json.WriteStartArray("bbox");
        // Detections are single precision; as such they take half the digits.
        json.WriteNumberValue((float)box.Left);
        json.WriteNumberValue((float)box.Top);
        json.WriteNumberValue((float)box.Width);
        json.WriteNumberValue((float)box.Height);
        json.WriteEndArray();
        json.WriteNumber("score", (float)box.Score);
        json.WriteEndObject();
    }
}
