using System.Globalization;
using AsffEdge.Detection;
using AsffEdge.EndToEnd.Tests.Fixtures;
using OpenCvSharp;

namespace AsffEdge.EndToEnd.Tests.Retraining;

/// <summary>One picture: the frame in which most has changed, with what the agent found in it with either model.</summary>
internal static class BeforeAndAfter
{
    private const int CaptionHeight = 64;
    private static readonly Scalar Right = new(60, 200, 60);
    private static readonly Scalar Wrong = new(40, 40, 240);

    /// <summary>Draws it.</summary>
    /// <param name="path">The PNG or JPEG to write.</param>
    /// <param name="before">What the agent said with the old model.</param>
    /// <param name="after">What it said with the new one.</param>
    /// <param name="labels">What is to be seen.</param>
    /// <returns>The frame's number.</returns>
    public static int Draw(string path, ClipPass before, ClipPass after, ClipLabels labels)
    {
        int number = before
            .Numbers.Intersect(after.Numbers)
            .MaxBy(frame => Gain(after.AgreementOf(frame)) - Gain(before.AgreementOf(frame)));
        using Mat frame = ClipFrames.ReadOne(number);
        using Mat left = Panel(frame, "before", before, number, labels);
        using Mat right = Panel(frame, "after", after, number, labels);
        using Mat both = new();
        Cv2.HConcat([left, right], both);
        Assert.True(Cv2.ImWrite(path, both), $"{path} cannot be written");
        return number;
    }

    // What was found, less what was found where nobody is.
    private static int Gain(BoxAgreement agreement) => (2 * agreement.Matched) - agreement.Found;

    private static Mat Panel(Mat frame, string name, ClipPass pass, int number, ClipLabels labels)
    {
        Mat panel = new();
        Cv2.CopyMakeBorder(frame, panel, 0, CaptionHeight, 0, 0, BorderTypes.Constant);
        IReadOnlyList<Box> found = pass.FoundIn(number);
        HashSet<int> right =
        [
            .. BoxAgreement.Pairs(found, labels.OfFrame(number)).Select(pair => pair.Found),
        ];
        foreach ((int index, Box box) in found.Index())
        {
            panel.Rectangle(
                Rect.FromLTRB(
                    (int)(box.Left * frame.Width),
                    (int)(box.Top * frame.Height),
                    (int)(box.Right * frame.Width),
                    (int)(box.Bottom * frame.Height)
                ),
                right.Contains(index) ? Right : Wrong,
                2
            );
        }

        BoxAgreement here = pass.AgreementOf(number);
        BoxAgreement all = pass.Agreement;
        Caption(
            panel,
            0,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, frame {number}: {here.Matched} of {here.Labelled} people, {here.Found - here.Matched} wrong"
            )
        );
        Caption(
            panel,
            1,
            string.Create(
                CultureInfo.InvariantCulture,
                $"all frames: recall {all.Recall:0.00}, precision {all.Precision:0.00}, F1 {all.F1:0.00}"
            )
        );
        return panel;
    }

    private static void Caption(Mat panel, int line, string text) =>
        panel.PutText(
            text,
            new Point(8, panel.Height - CaptionHeight + 24 + (28 * line)),
            HersheyFonts.HersheySimplex,
            0.7,
            Scalar.White,
            1,
            LineTypes.AntiAlias
        );
}
