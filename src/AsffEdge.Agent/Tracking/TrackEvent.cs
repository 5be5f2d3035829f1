using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tracking;

/// <summary>What can befall a track.</summary>
internal enum TrackEventKind
{
    /// <summary>It counts as an object now.</summary>
    Start,

    /// <summary>It is still there.</summary>
    Update,

    /// <summary>It is no more.</summary>
    End,

    /// <summary>It came into a zone.</summary>
    ZoneEnter,

    /// <summary>It left a zone.</summary>
    ZoneLeave,

    /// <summary>It crossed a line.</summary>
    Line,
}

/// <summary>Why a track ends.</summary>
internal enum TrackEndReason
{
    /// <summary>It does not end.</summary>
    None,

    /// <summary>Out of sight for too long.</summary>
    Lost,

    /// <summary>The camera is away.</summary>
    Camera,

    /// <summary>The agent stops.</summary>
    Stop,
}

/// <summary>What befell a track, with everything that is told about it: <see cref="Messaging.TrackMessage"/> describes the fields.</summary>
internal readonly record struct TrackEvent
{
    public required TrackEventKind Kind { get; init; }

    public required FrameStamp Frame { get; init; }

    public required long Number { get; init; }

    public required int ClassId { get; init; }

    public required Box Box { get; init; }

    public required float Score { get; init; }

    public required float BestScore { get; init; }

    public required int Sightings { get; init; }

    /// <summary>Seconds before the frame.</summary>
    public required double FirstSeenAgo { get; init; }

    /// <summary>Seconds before the frame.</summary>
    public required double LastSeenAgo { get; init; }

    /// <summary>Bit i: it is in the camera's i-th zone after the event.</summary>
    public required ulong Zones { get; init; }

    /// <summary>The index of the zone or line it is about.</summary>
    public int Place { get; init; }

    /// <summary>Whether a line was crossed to its right.</summary>
    public bool ToRight { get; init; }

    public TrackEndReason Reason { get; init; }
}

/// <summary>The frame an event is of.</summary>
internal readonly record struct FrameStamp(
    int Camera,
    int Stream,
    long Sequence,
    DateTime TimestampUtc,
    string TimestampSource,
    int Width,
    int Height,
    FrameModel Model,
    Profile Profile,
    long Revision
);
