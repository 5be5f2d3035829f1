using System.Numerics;

namespace AsffEdge.Agent.Tracking;

/// <summary>
/// Which zones each track is in, steadily: a track that stands on an edge does not come and go with every frame. Its memory is made once.
/// </summary>
internal sealed class ZoneWatch
{
    /// <summary>Seconds a track must be seen on the other side of an edge, in two frames at least, to have crossed it.</summary>
    private const double Settle = 0.3;

    private readonly int _zones;
    private readonly ulong[] _inside;
    private readonly ulong[] _doubted;
    private readonly double[] _doubtedSince;

    /// <param name="maxTracks">Slots of tracks.</param>
    /// <param name="zones">Zones, at most 64.</param>
    public ZoneWatch(int maxTracks, int zones)
    {
        _zones = zones;
        _inside = new ulong[maxTracks];
        _doubted = new ulong[maxTracks];
        _doubtedSince = new double[maxTracks * zones];
    }

    /// <summary>The zones of the track in a slot: bit i, the i-th.</summary>
    public ref ulong Inside(int slot) => ref _inside[slot];

    /// <summary>The zones whose edge the track has crossed by now, one way or the other; the caller notes it in <see cref="Inside"/>.</summary>
    /// <param name="slot">The track's.</param>
    /// <param name="seen">The zones it is seen in.</param>
    /// <param name="now">Seconds.</param>
    /// <param name="isNew">Whether it has only begun: then where it is seen is where it is.</param>
    public ulong Crossed(int slot, ulong seen, double now, bool isNew)
    {
        ulong differs = _inside[slot] ^ seen;
        ulong crossed = 0;
        for (ulong rest = differs; rest != 0; rest &= rest - 1)
        {
            int zone = BitOperations.TrailingZeroCount(rest);
            ulong bit = 1ul << zone;
            ref double since = ref _doubtedSince[(slot * _zones) + zone];
            if (isNew || ((_doubted[slot] & bit) != 0 && now - since >= Settle))
            {
                crossed |= bit;
            }
            else if ((_doubted[slot] & bit) == 0)
            {
                since = now;
            }
        }

        _doubted[slot] = differs & ~crossed;
        return crossed;
    }

    /// <summary>The track in a slot has ended.</summary>
    public void Forget(int slot) => (_inside[slot], _doubted[slot]) = (0, 0);
}
