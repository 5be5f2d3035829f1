using System.Numerics;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Tracking;

/// <summary>
/// Follows the objects of one camera and tells what befalls them. Every track that is told to start is told to end, every stay in a zone
/// too. Allocates nothing for a frame. Thread-safe: frames come on the inference thread, ends also from elsewhere.
/// </summary>
internal sealed class CameraTracks
{
    // A detector misses an object for a frame now and then; the count does not follow each time.
    private const double VisibleFor = 1;

    private readonly Lock _gate = new();
    private readonly ByteTracker _tracker;
    private readonly FrameClock _clock;
    private readonly LineWatch _lines;
    private readonly ZoneWatch _stays;
    private readonly TrackEventQueue _events;
    private readonly double _updateEvery;
    private readonly bool[] _isTold;
    private readonly double[] _toldAt;
    private readonly int[] _counts;
    private readonly int[] _counting;
    private FrameStamp _frame;
    private bool _isClosed;

    /// <param name="camera">The camera.</param>
    /// <param name="options">How objects are followed.</param>
    /// <param name="labels">The model's classes.</param>
    /// <param name="maxBoxes">Most boxes of a frame.</param>
    /// <param name="numbers">Numbers the tracks.</param>
    /// <param name="events">Takes what happens.</param>
    /// <param name="time">The clock.</param>
    public CameraTracks(
        CameraOptions camera,
        TrackingOptions options,
        IReadOnlyList<string> labels,
        int maxBoxes,
        TrackNumbers numbers,
        TrackEventQueue events,
        TimeProvider time
    )
    {
        TrackerOptions tracker = new(
            (float)options.LowScore,
            options.ConfirmAfter,
            options.MaxLostS
        );
        _tracker = new ByteTracker(tracker, maxBoxes, numbers);
        _clock = new FrameClock(time);
        Zones = new CameraZones(camera.Zones, labels);
        _lines = new LineWatch(camera.Lines, labels, tracker.MaxTracks);
        _stays = new ZoneWatch(tracker.MaxTracks, Zones.Names.Count);
        _events = events;
        _updateEvery = options.UpdateEveryS;
        _isTold = new bool[tracker.MaxTracks];
        _toldAt = new double[tracker.MaxTracks];
        _counts = new int[labels.Count];
        _counting = new int[labels.Count];
    }

    /// <summary>The camera's zones.</summary>
    public CameraZones Zones { get; }

    /// <summary>The names of the camera's lines.</summary>
    public IReadOnlyList<string> Lines => _lines.Names;

    /// <summary>Confirmed objects of a class in sight.</summary>
    public int CountOf(int classId) => Volatile.Read(ref _counts[classId]);

    /// <summary>Takes in a frame, and notes in it which tracks and zones its objects belong to.</summary>
    /// <returns>Whether a count has changed.</returns>
    public bool Update(FrameResult result)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            double now = _clock.Advance(result.TimestampUtc);
            _tracker.Update(result.Candidates, result.Profile.ScoreThreshold, now);
            _frame = new FrameStamp(
                result.CameraIndex,
                result.Stream,
                result.Sequence,
                result.TimestampUtc,
                result.TimestampSource,
                result.SourceWidth,
                result.SourceHeight,
                result.Model,
                result.Profile,
                result.Revision
            );
            TellEnded(TrackEndReason.Lost);
            foreach (Track track in _tracker.Tracks)
            {
                if (track.IsConfirmed && track.LastSeen >= now)
                {
                    Follow(track, now);
                }
            }

            Note(result);
            return Count(now);
        }
    }

    /// <summary>Ends all tracks when no frame has come for <paramref name="seconds"/>.</summary>
    /// <returns>Whether a count has changed.</returns>
    public bool EndIfAbsent(double seconds)
    {
        lock (_gate)
        {
            return _clock.SinceLast > seconds && End(TrackEndReason.Camera);
        }
    }

    /// <summary>Ends all tracks; frames that still come are not followed.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            End(TrackEndReason.Stop);
        }
    }

    private bool End(TrackEndReason reason)
    {
        _tracker.Clear();
        TellEnded(reason);
        return Count(_clock.Seconds);
    }

    private void Follow(Track track, double now)
    {
        int slot = track.Slot;
        bool isNew = !_isTold[slot];
        if (isNew)
        {
            // Where there is no room it is tried again with the next frame.
            if (!_events.TryAdd(Describe(track, TrackEventKind.Start)))
            {
                return;
            }

            (_isTold[slot], _toldAt[slot]) = (true, now);
        }
        else if (_updateEvery > 0 && now - _toldAt[slot] >= _updateEvery)
        {
            _events.TryAdd(Describe(track, TrackEventKind.Update));
            _toldAt[slot] = now;
        }

        FollowZones(track, now, isNew);
        for (int line = 0; line < _lines.Names.Count; line++)
        {
            int side = _lines.Cross(slot, line, track.ClassId, track.Box);
            if (side != 0)
            {
                _events.TryAdd(
                    Describe(track, TrackEventKind.Line) with
                    {
                        Place = line,
                        ToRight = side > 0,
                    }
                );
            }
        }
    }

    private void FollowZones(Track track, double now, bool isNew)
    {
        ulong seen = Zones.Of(track.ClassId, track.Box);
        ulong crossed = _stays.Crossed(track.Slot, seen, now, isNew);
        for (; crossed != 0; crossed &= crossed - 1)
        {
            Move(track, BitOperations.TrailingZeroCount(crossed), TrackEndReason.None);
        }
    }

    // Into a zone or out of it.
    private void Move(Track track, int zone, TrackEndReason reason)
    {
        ref ulong inside = ref _stays.Inside(track.Slot);
        ulong bit = 1ul << zone;
        TrackEventKind kind =
            (inside & bit) == 0 ? TrackEventKind.ZoneEnter : TrackEventKind.ZoneLeave;
        inside ^= bit;
        if (!_events.TryAdd(Describe(track, kind) with { Place = zone, Reason = reason }))
        {
            inside ^= bit;
        }
    }

    private void TellEnded(TrackEndReason reason)
    {
        foreach (Track track in _tracker.Ended)
        {
            int slot = track.Slot;
            if (!_isTold[slot])
            {
                continue;
            }

            for (ulong rest = _stays.Inside(slot); rest != 0; rest &= rest - 1)
            {
                Move(track, BitOperations.TrailingZeroCount(rest), reason);
            }

            _events.TryAdd(Describe(track, TrackEventKind.End) with { Reason = reason });
            _isTold[slot] = false;
            _stays.Forget(slot);
            _lines.Forget(slot);
        }
    }

    private TrackEvent Describe(Track track, TrackEventKind kind) =>
        new()
        {
            Kind = kind,
            Frame = _frame,
            Number = track.Number,
            ClassId = track.ClassId,
            Box = track.SeenBox,
            Score = track.Score,
            BestScore = track.BestScore,
            Sightings = track.Sightings,
            FirstSeenAgo = _clock.Seconds - track.FirstSeen,
            LastSeenAgo = _clock.Seconds - track.LastSeen,
            Zones = _stays.Inside(track.Slot),
        };

    private void Note(FrameResult result)
    {
        for (int i = 0; i < result.Count; i++)
        {
            ref readonly DetectedObject found = ref result.Objects[i];
            result.Tracks[i] = _tracker.TrackOf(i)?.Number ?? 0;
            result.Zones[i] = Zones.Of(found.ClassId, found.Box);
        }
    }

    private bool Count(double now)
    {
        Array.Clear(_counting);
        foreach (Track track in _tracker.Tracks)
        {
            if (
                track.IsConfirmed
                && now - track.LastSeen <= VisibleFor
                && track.ClassId < _counting.Length
            )
            {
                _counting[track.ClassId]++;
            }
        }

        if (_counting.AsSpan().SequenceEqual(_counts))
        {
            return false;
        }

        for (int classId = 0; classId < _counts.Length; classId++)
        {
            Volatile.Write(ref _counts[classId], _counting[classId]);
        }

        return true;
    }
}
