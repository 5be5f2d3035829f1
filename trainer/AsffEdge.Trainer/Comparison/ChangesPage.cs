using System.Globalization;
using System.Net;
using System.Text;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;
using OpenCvSharp;

namespace AsffEdge.Trainer.Comparison;

/// <summary>One HTML file without anything outside of it: verdict, figures, curves, and pictures of what the new model finds or loses.</summary>
/// <param name="report">The comparison.</param>
/// <param name="dataset">The pictures.</param>
internal sealed class ChangesPage(ComparisonReport report, LabelledDataset dataset)
{
    private const int LargestSide = 900;
    private const int Quality = 80;
    private const string Style = """
        body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; color: #222; }
        table { border-collapse: collapse; margin: 1em 0; } td, th { padding: .2em .8em; text-align: right; border-bottom: 1px solid #ddd; }
        td:first-child, th:first-child { text-align: left; } img { max-width: 100%; } figure { margin: 1.5em 0; } figcaption { color: #555; }
        .better { color: #1a7f37; } .worse { color: #b3261e; } b.f { color: #1a9e46; } b.l { color: #d3302a; } b.n { color: #d98200; } b.g { color: #2f6fd0; }
        """;

    // BGR.
    private static readonly Scalar Found = new(70, 190, 40);
    private static readonly Scalar Lost = new(50, 50, 230);
    private static readonly Scalar FalseNow = new(0, 150, 255);
    private static readonly Scalar FalseGone = new(220, 120, 40);
    private static readonly Scalar Other = new(190, 190, 190);

    /// <summary>Writes the page.</summary>
    /// <param name="stream">Takes UTF-8.</param>
    /// <param name="changes">Of all pictures.</param>
    /// <param name="curves">A PNG file.</param>
    /// <param name="most">Pictures at most, those with the most changes first.</param>
    public void Write(
        Stream stream,
        IReadOnlyList<DetectionChanges> changes,
        byte[] curves,
        int most
    )
    {
        using var page = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        string title = Text(
            $"{report.Old.Name} {report.Old.Version} and {report.New.Name} {report.New.Version}"
        );
        page.WriteLine(
            $"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{Style}</style></head><body>"
        );
        string verdict = report.Verdict;
        page.WriteLine(
            $"<h1>{title}</h1><p>The new model is <b class=\"{verdict}\">{verdict}</b>: {Text(Verdicts.Rule)}. {report.Images} pictures.</p>"
        );
        WriteFigures(page);
        WriteSpeeds(page);
        page.WriteLine(
            $"<p><img alt=\"precision and recall\" src=\"data:image/png;base64,{Convert.ToBase64String(curves)}\"></p>"
        );
        page.WriteLine(
            $"<h2>What changed at {report.ChangesAt}</h2><p><b class=\"f\">{changes.Sum(one => one.Found.Count)} found now</b>, <b class=\"l\">{changes.Sum(one => one.Lost.Count)} lost now</b>, <b class=\"n\">{changes.Sum(one => one.FalseNow.Count)} new false alarms</b>, <b class=\"g\">{changes.Sum(one => one.FalseGone.Count)} false alarms gone</b>; other objects grey. Each model at its own recommended threshold, an object is found from IoU 0.5.</p>"
        );
        DetectionChanges[] shown =
        [
            .. changes
                .Where(one => one.Count > 0)
                .OrderByDescending(one => one.Count)
                .ThenBy(one => one.Image)
                .Take(most),
        ];
        foreach (DetectionChanges one in shown)
        {
            string name = Text(dataset.Annotations.Images[one.Image].FileName);
            page.WriteLine(
                $"<figure><img loading=\"lazy\" alt=\"{name}\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(Draw(one))}\"><figcaption>{name}: {one.Found.Count} found, {one.Lost.Count} lost, {one.FalseNow.Count} new false alarms, {one.FalseGone.Count} gone</figcaption></figure>"
            );
        }

        int left = changes.Count(one => one.Count > 0) - shown.Length;
        page.WriteLine(
            left > 0
                ? $"<p>… and {left} more pictures with changes</p></body></html>"
                : "</body></html>"
        );
    }

    private void WriteFigures(StreamWriter page)
    {
        page.WriteLine(
            "<table><tr><th>AP, %</th><th>objects</th><th>old</th><th>new</th><th>difference</th><th>95 % interval</th></tr>"
        );
        foreach (ComparedFigure one in report.Figures)
        {
            string name = one.Group == "overall" ? one.Name : $"{one.Group} {one.Name}";
            page.WriteLine(
                $"<tr><td>{Text(name)}</td><td>{one.Objects}</td><td>{Percent(one.Old)}</td><td>{Percent(one.New)}</td><td>{Percent(one.Difference, signed: true)}</td><td>{Percent(one.Low, signed: true)} to {Percent(one.High, signed: true)}</td></tr>"
            );
        }

        page.WriteLine("</table>");
    }

    private void WriteSpeeds(StreamWriter page)
    {
        page.WriteLine(
            "<table><tr><th>time of a picture, ms</th><th>old: median</th><th>95 of 100</th><th>new: median</th><th>95 of 100</th></tr>"
        );
        foreach (ComparedSpeed one in report.Speeds)
        {
            page.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"<tr><td>{one.Size}</td><td>{one.OldMedianMs:F1}</td><td>{one.OldP95Ms:F1}</td><td>{one.NewMedianMs:F1}</td><td>{one.NewP95Ms:F1}</td></tr>"
                )
            );
        }

        page.WriteLine("</table>");
    }

    private byte[] Draw(DetectionChanges changes)
    {
        using Sample sample = dataset.Load(changes.Image);
        // The data set's pictures are read only.
        using Mat picture = sample.Image.Clone();
        foreach (GroundTruthBox box in changes.Others)
        {
            Frame(picture, box.Left, box.Top, box.Width, box.Height, Other, 1);
        }

        foreach (ScoredBox box in changes.FalseGone)
        {
            Frame(picture, box.Left, box.Top, box.Width, box.Height, FalseGone, 2);
        }

        foreach (ScoredBox box in changes.FalseNow)
        {
            Frame(picture, box.Left, box.Top, box.Width, box.Height, FalseNow, 2);
        }

        foreach (GroundTruthBox box in changes.Lost)
        {
            Frame(picture, box.Left, box.Top, box.Width, box.Height, Lost, 3);
        }

        foreach (GroundTruthBox box in changes.Found)
        {
            Frame(picture, box.Left, box.Top, box.Width, box.Height, Found, 3);
        }

        double scale = Math.Min(1, LargestSide / (double)Math.Max(picture.Width, picture.Height));
        using var small = new Mat();
        Cv2.Resize(picture, small, new Size(), scale, scale, InterpolationFlags.Area);
        Cv2.ImEncode(
            ".jpg",
            small,
            out byte[] bytes,
            new ImageEncodingParam(ImwriteFlags.JpegQuality, Quality)
        );
        return bytes;
    }

    private static void Frame(
        Mat picture,
        double left,
        double top,
        double width,
        double height,
        Scalar colour,
        int thickness
    ) =>
        picture.Rectangle(
            Rect.FromLTRB(
                (int)Math.Round(left),
                (int)Math.Round(top),
                (int)Math.Round(left + width),
                (int)Math.Round(top + height)
            ),
            colour,
            thickness
        );

    private static string Percent(double? value, bool signed = false) =>
        value is { } share
            ? (100 * share).ToString(signed ? "+0.0;−0.0;0.0" : "F1", CultureInfo.InvariantCulture)
            : "–";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
