using AsffEdge.Detection;

namespace AsffEdge.Agent.Tracking;

/// <summary>
/// Follows the objects of one camera from frame to frame, after ByteTrack (Zhang et al., 2022): predicted tracks are first paired with the
/// boxes of a high score, what is left of them with those of a low score, which are mostly hidden objects; boxes of a high score that are
/// left over begin new tracks. Boxes are fractions of the picture, so a change of the input size changes nothing. Only boxes of one class
/// are paired. Its memory is made once. Not thread-safe.
/// </summary>
public sealed class ByteTracker
{
    // IoU of prediction and box from which they may be one object: loose, because at a few frames a second objects move far from one
    // to the next; for weak boxes, which are often of something else, tight. The paper puts the first limit on IoU × score, by which
    // boxes that score little, though above the threshold, would begin a new track in every frame.
    private const float LeastOverlap = 0.2f;
    private const float LeastWeakOverlap = 0.5f;
    private const float Unpaired = 1;

    private readonly TrackerOptions _options;
    private readonly TrackNumbers _numbers;
    private readonly Track[] _tracks; // the living first, then those to be used again
    private readonly Track[] _ended;
    private readonly Assignment _assignment;
    private readonly float[] _costs;
    private readonly int[] _candidates;
    private readonly int[] _boxes;
    private readonly int[] _pairs;
    private readonly int[] _trackOf;
    private readonly bool[] _seen;
    private readonly bool[] _wasSeen;
    private int _count;
    private int _endedCount;
    private double _now = double.NegativeInfinity;

    /// <summary>A tracker without tracks.</summary>
    /// <param name="options">How it follows.</param>
    /// <param name="maxBoxes">Most boxes of a frame.</param>
    /// <param name="numbers">Numbers the tracks.</param>
    public ByteTracker(TrackerOptions options, int maxBoxes, TrackNumbers numbers)
    {
        _options = options;
        _numbers = numbers;
        int most = Math.Max(options.MaxTracks, maxBoxes);
        _tracks = [.. Enumerable.Range(0, options.MaxTracks).Select(slot => new Track(slot))];
        _ended = new Track[options.MaxTracks];
        _assignment = new Assignment(most);
        _costs = new float[options.MaxTracks * maxBoxes];
        _candidates = new int[most];
        _boxes = new int[most];
        _pairs = new int[most];
        _trackOf = new int[maxBoxes];
        _seen = new bool[options.MaxTracks];
        _wasSeen = new bool[options.MaxTracks];
    }

    /// <summary>The living tracks, those that are not confirmed yet and those out of sight among them.</summary>
    public ReadOnlySpan<Track> Tracks => _tracks.AsSpan(0, _count);

    /// <summary>The confirmed tracks that ended with the last update.</summary>
    public ReadOnlySpan<Track> Ended => _ended.AsSpan(0, _endedCount);

    /// <summary>Takes in one frame.</summary>
    /// <param name="found">Its boxes of at least the low score, fractions of the picture, in any order.</param>
    /// <param name="highScore">Least score of a box that is trusted on its own, 0..1.</param>
    /// <param name="seconds">When, on a clock that only goes forward.</param>
    public void Update(ReadOnlySpan<DetectedObject> found, float highScore, double seconds)
    {
        double elapsed = double.IsNegativeInfinity(_now) ? 0 : Math.Max(0, seconds - _now);
        _endedCount = 0;
        for (int i = 0; i < _count; i++)
        {
            _wasSeen[i] = _tracks[i].LastSeen >= _now;
            _tracks[i].Predict(elapsed, _wasSeen[i]);
            _seen[i] = false;
        }

        _now = Math.Max(_now, seconds);
        found = found[..Math.Min(found.Length, _trackOf.Length)];
        _trackOf.AsSpan(0, found.Length).Fill(-1);
        PairStrong(found, highScore, isConfirmed: true);
        PairWeak(found, highScore);
        PairStrong(found, highScore, isConfirmed: false);
        Begin(found, highScore);
        EndTheLost();
    }

    /// <summary>The track that a box of the last frame belongs to; null: none, or none that is confirmed.</summary>
    /// <param name="box">Its index in the frame.</param>
    public Track? TrackOf(int box) =>
        _trackOf[box] is >= 0 and int track && _tracks[track].IsConfirmed ? _tracks[track] : null;

    /// <summary>Ends all tracks; the confirmed ones are then in <see cref="Ended"/>.</summary>
    public void Clear()
    {
        _endedCount = 0;
        while (_count > 0)
        {
            End(_count - 1);
        }
    }

    private void PairStrong(ReadOnlySpan<DetectedObject> found, float highScore, bool isConfirmed)
    {
        int tracks = 0;
        for (int i = 0; i < _count; i++)
        {
            if (!_seen[i] && _tracks[i].IsConfirmed == isConfirmed)
            {
                _candidates[tracks++] = i;
            }
        }

        int boxes = 0;
        for (int i = 0; i < found.Length; i++)
        {
            if (_trackOf[i] < 0 && found[i].Score >= highScore)
            {
                _boxes[boxes++] = i;
            }
        }

        Pair(found, tracks, boxes, LeastOverlap, isStrong: true);
    }

    // A weak box continues what was seen a frame ago; what has been away longer must be seen well to come back.
    private void PairWeak(ReadOnlySpan<DetectedObject> found, float highScore)
    {
        int tracks = 0;
        for (int i = 0; i < _count; i++)
        {
            if (!_seen[i] && _tracks[i].IsConfirmed && _wasSeen[i])
            {
                _candidates[tracks++] = i;
            }
        }

        int boxes = 0;
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i].Score >= _options.LowScore && found[i].Score < highScore)
            {
                _boxes[boxes++] = i;
            }
        }

        Pair(found, tracks, boxes, LeastWeakOverlap, isStrong: false);
    }

    private void Pair(
        ReadOnlySpan<DetectedObject> found,
        int tracks,
        int boxes,
        float leastOverlap,
        bool isStrong
    )
    {
        if (tracks == 0 || boxes == 0)
        {
            return;
        }

        bool isTurned = tracks > boxes;
        (int rows, int columns) = isTurned ? (boxes, tracks) : (tracks, boxes);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                (int track, int box) = isTurned ? (column, row) : (row, column);
                _costs[(row * columns) + column] = Cost(
                    _tracks[_candidates[track]],
                    found[_boxes[box]],
                    leastOverlap,
                    isStrong
                );
            }
        }

        _assignment.Solve(_costs.AsSpan(0, rows * columns), Unpaired, rows, columns, _pairs);
        for (int row = 0; row < rows; row++)
        {
            if (_pairs[row] is >= 0 and int column)
            {
                (int track, int box) = isTurned
                    ? (_candidates[column], _boxes[row])
                    : (_candidates[row], _boxes[column]);
                See(track, box, found[box]);
            }
        }
    }

    // Of two strong boxes at one place the stronger is more likely to be right; how weak a weak one is says nothing.
    private static float Cost(
        Track track,
        in DetectedObject found,
        float leastOverlap,
        bool isStrong
    )
    {
        if (track.ClassId != found.ClassId)
        {
            return Unpaired;
        }

        float overlap = track.Box.IoU(found.Box);
        return overlap < leastOverlap ? Unpaired
            : isStrong ? 1 - (overlap * found.Score)
            : 1 - overlap;
    }

    private void See(int track, int box, in DetectedObject found)
    {
        _tracks[track].See(found, _now);
        _trackOf[box] = track;
        _seen[track] = true;
        if (!_tracks[track].IsConfirmed && _tracks[track].Sightings >= _options.ConfirmAfter)
        {
            _tracks[track].Confirm(_numbers.Next());
        }
    }

    private void Begin(ReadOnlySpan<DetectedObject> found, float highScore)
    {
        for (int box = 0; box < found.Length && _count < _tracks.Length; box++)
        {
            if (_trackOf[box] < 0 && found[box].Score >= highScore)
            {
                _tracks[_count].Start(found[box], _now);
                _trackOf[box] = _count;
                _seen[_count] = true;
                if (_options.ConfirmAfter <= 1)
                {
                    _tracks[_count].Confirm(_numbers.Next());
                }

                _count++;
            }
        }
    }

    private void EndTheLost()
    {
        for (int i = _count - 1; i >= 0; i--)
        {
            bool isLost = _tracks[i].IsConfirmed
                ? _now - _tracks[i].LastSeen > _options.MaxLostS
                : !_seen[i];
            if (isLost)
            {
                End(i);
            }
        }
    }

    private void End(int index)
    {
        Track track = _tracks[index];
        if (track.IsConfirmed)
        {
            _ended[_endedCount++] = track;
        }

        // The last of the living takes its place, and it goes to those that are used again.
        int last = --_count;
        _tracks[index] = _tracks[last];
        _tracks[last] = track;
        for (int box = 0; box < _trackOf.Length; box++)
        {
            _trackOf[box] =
                _trackOf[box] == index ? -1
                : _trackOf[box] == last ? index
                : _trackOf[box];
        }
    }
}
