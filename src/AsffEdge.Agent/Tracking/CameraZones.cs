using AsffEdge.Agent.Configuration;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Tracking;

/// <summary>The zones of a camera. An object is where its foot is: the middle of its box's lower edge.</summary>
internal sealed class CameraZones
{
    // The picture's own edge belongs to it, so that a zone down to the edge holds what is cut off there.
    private const float LastInside = 0.9999f;

    private readonly Polygon[] _areas;
    private readonly bool[]?[] _classes;

    /// <param name="zones">The zones, at most 64.</param>
    /// <param name="labels">The model's classes.</param>
    public CameraZones(IReadOnlyDictionary<string, ZoneOptions> zones, IReadOnlyList<string> labels)
    {
        Names = [.. zones.Keys];
        _areas = [.. zones.Values.Select(zone => Polygon.Of(zone.Corners))];
        _classes = [.. zones.Values.Select(zone => ClassFilter.Of(zone.Classes, labels))];
    }

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Where an object stands, fractions of the picture.</summary>
    public static (float X, float Y) FootOf(in Box box) =>
        (
            Math.Clamp((box.Left + box.Right) / 2, 0, LastInside),
            Math.Clamp(box.Bottom, 0, LastInside)
        );

    /// <summary>The zones an object is in: bit i, the i-th.</summary>
    public ulong Of(int classId, in Box box)
    {
        ulong zones = 0;
        (float x, float y) = FootOf(box);
        for (int zone = 0; zone < _areas.Length; zone++)
        {
            if (ClassFilter.Allows(_classes[zone], classId) && _areas[zone].Contains(x, y))
            {
                zones |= 1ul << zone;
            }
        }

        return zones;
    }
}
