using System.Numerics;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Tracking;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Publishing;

/// <summary>Makes the messages of what befalls tracks, and numbers them. Not thread-safe.</summary>
internal sealed class TrackMessages(
    AgentConfiguration configuration,
    FrameMessageContext context,
    TrackingSink tracking
)
{
    private long _last;

    /// <summary>The message of an event.</summary>
    public TrackMessage Of(in TrackEvent happened)
    {
        FrameStamp frame = happened.Frame;
        CameraTracks camera = tracking.Cameras[frame.Camera];
        bool isOfZone = happened.Kind is TrackEventKind.ZoneEnter or TrackEventKind.ZoneLeave;
        return new TrackMessage
        {
            Event = NameOf(happened.Kind),
            Agent = context.Agent,
            Camera = configuration.Cameras[frame.Camera].Id,
            Boot = context.Boot,
            EventSeq = ++_last,
            Stream = frame.Stream,
            Seq = frame.Sequence,
            Ts = frame.TimestampUtc,
            TsSource = frame.TimestampSource,
            Frame = new FrameSize(frame.Width, frame.Height),
            Net = new FrameNetwork(
                frame.Profile.Name,
                frame.Profile.Size,
                frame.Model.Name,
                frame.Model.Version,
                frame.Model.Sha256,
                frame.Model.Provider,
                frame.Revision > 0 ? frame.Revision : null
            ),
            Track = StateOf(happened, camera),
            Zone = isOfZone ? camera.Zones.Names[happened.Place] : null,
            Line = happened.Kind == TrackEventKind.Line ? camera.Lines[happened.Place] : null,
            Direction =
                happened.Kind != TrackEventKind.Line ? null
                : happened.ToRight ? "right"
                : "left",
            Reason = NameOf(happened.Reason),
        };
    }

    /// <summary>What ends a track that an earlier process followed to its death: it leaves its zones, and ends.</summary>
    /// <param name="last">Its last event.</param>
    public IEnumerable<TrackMessage> EndAfterRestart(TrackMessage last)
    {
        TrackMessage end = last with
        {
            Event = "end",
            Boot = context.Boot,
            Stream = null,
            Seq = null,
            Zone = null,
            Line = null,
            Direction = null,
            Reason = "restart",
        };
        List<string> zones = [.. last.Track.Zones ?? []];
        while (zones.Count > 0)
        {
            string zone = zones[0];
            zones.RemoveAt(0);
            end = end with
            {
                Track = end.Track with { Zones = zones.Count > 0 ? [.. zones] : null },
            };
            yield return end with
            {
                Event = "zone_leave",
                Zone = zone,
                EventSeq = ++_last,
            };
        }

        yield return end with
        {
            EventSeq = ++_last,
        };
    }

    private TrackState StateOf(in TrackEvent happened, CameraTracks camera)
    {
        DateTime at = happened.Frame.TimestampUtc;
        Box box = happened.Box.ToFractions(1);
        List<string> zones = [];
        for (ulong rest = happened.Zones; rest != 0; rest &= rest - 1)
        {
            zones.Add(camera.Zones.Names[BitOperations.TrailingZeroCount(rest)]);
        }

        return new TrackState(
            $"{context.Boot}-{happened.Number}",
            happened.ClassId < context.Labels.Count ? context.Labels[happened.ClassId] : null,
            happened.ClassId,
            Math.Round(happened.Score, 3),
            Math.Round(happened.BestScore, 3),
            [
                Math.Round(box.Left, 5),
                Math.Round(box.Top, 5),
                Math.Round(box.Width, 5),
                Math.Round(box.Height, 5),
            ],
            at.AddSeconds(-happened.FirstSeenAgo),
            at.AddSeconds(-happened.LastSeenAgo),
            happened.Sightings,
            zones.Count > 0 ? zones : null
        );
    }

    private static string NameOf(TrackEventKind kind) =>
        kind switch
        {
            TrackEventKind.Start => "start",
            TrackEventKind.Update => "update",
            TrackEventKind.End => "end",
            TrackEventKind.ZoneEnter => "zone_enter",
            TrackEventKind.ZoneLeave => "zone_leave",
            _ => "line",
        };

    private static string? NameOf(TrackEndReason reason) =>
        reason switch
        {
            TrackEndReason.Lost => "lost",
            TrackEndReason.Camera => "camera",
            TrackEndReason.Stop => "stop",
            _ => null,
        };
}
