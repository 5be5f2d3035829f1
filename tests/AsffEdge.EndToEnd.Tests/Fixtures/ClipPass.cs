using System.Text.Json.Nodes;
using AsffEdge.Detection;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>
/// The detections of one connection to a camera that shows the clip, laid beside the labels. The messages' times say how far frames are apart, not
/// which frame of the clip was the first to be inferred: it is the one that fits best, of those of the first ten seconds.
/// </summary>
internal sealed class ClipPass
{
    private const double Fps = 10;
    private const int FirstFrames = 100;

    private readonly (int Number, IReadOnlyList<Box> Found)[] _frames;
    private readonly ClipLabels _labels;

    /// <param name="messages">The messages, in order.</param>
    /// <param name="labels">The clip's labels.</param>
    /// <param name="first">Number of the first frame that the camera shows.</param>
    public ClipPass(IReadOnlyList<JsonNode> messages, ClipLabels labels, int first)
    {
        _labels = labels;
        DateTimeOffset start = DetectionMessage.Time(messages[0]);
        (int Offset, IReadOnlyList<Box> Found)[] seen =
        [
            .. messages.Select(message =>
                (
                    (int)Math.Round((DetectionMessage.Time(message) - start).TotalSeconds * Fps),
                    DetectionMessage.Boxes(message)
                )
            ),
        ];
        int begin = Enumerable
            .Range(first, FirstFrames)
            .MaxBy(number =>
                seen.Sum(frame =>
                    BoxAgreement.Of(frame.Found, labels.OfFrame(number + frame.Offset)).Matched
                )
            );
        _frames = [.. seen.Select(frame => (begin + frame.Offset, frame.Found))];
    }

    /// <summary>How well all frames agree with their labels.</summary>
    public BoxAgreement Agreement =>
        _frames.Select(frame => AgreementOf(frame.Number)).Aggregate((a, b) => a + b);

    /// <summary>The numbers of the frames that were inferred.</summary>
    public IEnumerable<int> Numbers => _frames.Select(frame => frame.Number);

    /// <summary>What was found in a frame that was inferred.</summary>
    public IReadOnlyList<Box> FoundIn(int number) =>
        _frames.First(frame => frame.Number == number).Found;

    /// <summary>How well a frame that was inferred agrees with its labels.</summary>
    public BoxAgreement AgreementOf(int number) =>
        BoxAgreement.Of(FoundIn(number), _labels.OfFrame(number));
}
