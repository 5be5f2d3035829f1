using AsffEdge.Detection;

namespace AsffEdge.Agent.Footage;

/// <summary>The frames of one camera that were kept last, to tell whether another one would teach anything new. One thread.</summary>
/// <param name="nearBits">Bits in which the hashes of near-duplicates may differ.</param>
internal sealed class RecentFrames(int nearBits)
{
    private const int Remembered = 64;

    private readonly Queue<PictureContent> _kept = new();

    /// <summary>Remembers a frame that is kept.</summary>
    public void Add(in PictureContent frame)
    {
        if (_kept.Count == Remembered)
        {
            _kept.Dequeue();
        }

        _kept.Enqueue(frame);
    }

    /// <summary>Whether one of them looks the same and has the same objects at the same places.</summary>
    public bool HasNear(in PictureContent frame)
    {
        foreach (PictureContent kept in _kept)
        {
            if (frame.IsNear(kept, nearBits))
            {
                return true;
            }
        }

        return false;
    }
}
