using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models.Shadow;

/// <summary>Counts on what two models agree. One thread at a time.</summary>
internal sealed class ShadowScore
{
    private const float LeastOverlap = 0.5f;

    private readonly RecentTimes _times = new();
    private readonly RecentTimes _currentBeside = new();
    private readonly RecentTimes _currentAlone = new();
    private bool[] _taken = [];
    private long _frames;
    private long _objects;
    private long _currentObjects;
    private long _agreed;

    /// <summary>Compares what was found in one frame: pairs of the same class with an IoU of at least 0.5, each object in one pair at most.</summary>
    /// <param name="found">What the new model found, best first.</param>
    /// <param name="current">What the model in use found, best first.</param>
    public void Add(ReadOnlySpan<DetectedObject> found, ReadOnlySpan<DetectedObject> current)
    {
        if (_taken.Length < current.Length)
        {
            _taken = new bool[current.Length];
        }

        Array.Clear(_taken);
        foreach (ref readonly DetectedObject candidate in found)
        {
            int best = -1;
            float overlap = LeastOverlap;
            for (int i = 0; i < current.Length; i++)
            {
                if (
                    !_taken[i]
                    && current[i].ClassId == candidate.ClassId
                    && current[i].Box.IoU(candidate.Box) is var iou
                    && iou >= overlap
                )
                {
                    (best, overlap) = (i, iou);
                }
            }

            if (best >= 0)
            {
                _taken[best] = true;
                _agreed++;
            }
        }

        _frames++;
        _objects += found.Length;
        _currentObjects += current.Length;
    }

    /// <summary>Notes how long an inference of the new model took, in milliseconds.</summary>
    public void AddTime(double ms) => _times.Add(ms);

    /// <summary>Notes how long an inference of the model in use took, in milliseconds.</summary>
    /// <param name="ms">How long.</param>
    /// <param name="isBeside">Whether the new model ran meanwhile.</param>
    public void AddCurrentTime(double ms, bool isBeside) =>
        (isBeside ? _currentBeside : _currentAlone).Add(ms);

    /// <summary>What was seen so far.</summary>
    public ModelShadow ToMessage() =>
        new(_frames, _objects, _currentObjects)
        {
            Agreement =
                _objects + _currentObjects > 0
                    ? Math.Round(2.0 * _agreed / (_objects + _currentObjects), 3)
                    : null,
            InferenceMsP50 = _times.Median,
            // Where both ran at once, what one takes from the other is in both medians; where they never did, neither has it.
            CurrentInferenceMsP50 = _currentBeside.Median ?? _currentAlone.Median,
        };
}
