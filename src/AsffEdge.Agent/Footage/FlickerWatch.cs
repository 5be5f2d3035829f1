using AsffEdge.Agent.Pipeline;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Footage;

/// <summary>
/// Sees in the frames of one camera when a track is missing that was found in several frames in a row and was not about to leave the picture.
/// A track that only a weak box continues is missing too: nobody is told of it. Allocates nothing.
/// </summary>
/// <param name="capacity">Most objects of a frame.</param>
internal sealed class FlickerWatch(int capacity)
{
    private const int LeastRun = 5;
    private const float Border = 0.02f; // of the picture; closer to its edge an object may just leave
    private const double LongestGapS = 1; // in more time objects may leave from anywhere

    private Sighting[] _last = new Sighting[capacity];
    private Sighting[] _next = new Sighting[capacity];
    private int _count;
    private double _at;

    /// <summary>Forgets what was seen, so that nothing is missing in the next frame.</summary>
    public void Forget() => _count = 0;

    /// <summary>Takes in a frame.</summary>
    /// <param name="result">The frame, with its tracks.</param>
    /// <param name="now">Seconds, never going back.</param>
    /// <returns>Whether a track is missing.</returns>
    public bool Update(FrameResult result, double now)
    {
        ReadOnlySpan<long> tracks = result.Tracks;
        bool isClose = now - _at <= LongestGapS;
        bool isMissing = false;
        for (int i = 0; isClose && !isMissing && i < _count; i++)
        {
            ref readonly Sighting seen = ref _last[i];
            isMissing = seen.Run >= LeastRun && IsInside(seen.Box) && !tracks.Contains(seen.Track);
        }

        int count = 0;
        for (int i = 0; i < tracks.Length && count < _next.Length; i++)
        {
            if (tracks[i] != 0)
            {
                int run = isClose ? RunOf(tracks[i]) + 1 : 1;
                _next[count++] = new Sighting(tracks[i], run, result.Objects[i].Box);
            }
        }

        (_last, _next) = (_next, _last);
        (_count, _at) = (count, now);
        return isMissing;
    }

    private int RunOf(long track)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_last[i].Track == track)
            {
                return _last[i].Run;
            }
        }

        return 0;
    }

    private static bool IsInside(in Box box) =>
        box.Left > Border && box.Top > Border && box.Right < 1 - Border && box.Bottom < 1 - Border;

    private readonly record struct Sighting(long Track, int Run, Box Box);
}
