namespace AsffEdge.Trainer.Data;

/// <summary>Turns a table of detections on a video into COCO annotations of one class.</summary>
public static class MotImport
{
    /// <summary>
    /// Every frame of the range becomes an image, with or without boxes. Rows below the score or outside the range are left
    /// out; boxes are clipped to the picture and those under one pixel a side are dropped.
    /// </summary>
    /// <param name="rows">The table.</param>
    /// <param name="video">The video's file name, as the entries shall name it.</param>
    /// <param name="width">The video's width in pixels.</param>
    /// <param name="height">The video's height in pixels.</param>
    /// <param name="first">First frame, from 1.</param>
    /// <param name="last">Last frame, included.</param>
    /// <param name="minScore">Lowest score taken.</param>
    /// <param name="label">The class name.</param>
    public static CocoDocument ToCoco(
        IEnumerable<MotRow> rows,
        string video,
        int width,
        int height,
        int first,
        int last,
        double minScore,
        string label
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        var annotations = new List<CocoAnnotation>();
        foreach (
            MotRow row in rows.Where(row =>
                row.Frame >= first && row.Frame <= last && row.Score >= minScore
            )
        )
        {
            double left = Math.Clamp(row.Left, 0, width);
            double top = Math.Clamp(row.Top, 0, height);
            double boxWidth = Math.Clamp(row.Left + row.Width, 0, width) - left;
            double boxHeight = Math.Clamp(row.Top + row.Height, 0, height) - top;
            if (boxWidth >= 1 && boxHeight >= 1)
            {
                double[] box = [left, top, Math.Round(boxWidth, 3), Math.Round(boxHeight, 3)];
                annotations.Add(
                    new CocoAnnotation(annotations.Count + 1, row.Frame, 1, box, box[2] * box[3])
                );
            }
        }

        return new CocoDocument
        {
            Images =
            [
                .. Enumerable
                    .Range(first, last - first + 1)
                    .Select(frame => new CocoImage(
                        frame,
                        new ImageReference(video, frame).ToString(),
                        width,
                        height
                    )),
            ],
            Annotations = annotations,
            Categories = [new CocoCategory(1, label)],
        };
    }
}
