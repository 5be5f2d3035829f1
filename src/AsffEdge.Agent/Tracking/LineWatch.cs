using AsffEdge.Agent.Configuration;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Tracking;

/// <summary>
/// Which lines each track crosses with its foot (<see cref="CameraZones.FootOf"/>): once a passage, however its box trembles on the line.
/// Its memory is made once.
/// </summary>
internal sealed class LineWatch
{
    // How far beyond the line counts as beyond: detectors place the lower edge to a few hundredths of the box.
    private const float LeastMargin = 0.003f;
    private const float MarginOfHeight = 0.05f;

    private readonly Line[] _lines;
    private readonly Place[] _places;

    /// <param name="lines">The camera's lines.</param>
    /// <param name="labels">The model's classes.</param>
    /// <param name="maxTracks">Slots of tracks.</param>
    public LineWatch(
        IReadOnlyDictionary<string, LineOptions> lines,
        IReadOnlyList<string> labels,
        int maxTracks
    )
    {
        Names = [.. lines.Keys];
        _lines =
        [
            .. lines.Values.Select(line => new Line(
                Polygon.Of(line.Ends).Corners[0],
                Polygon.Of(line.Ends).Corners[1],
                ClassFilter.Of(line.Classes, labels)
            )),
        ];
        _places = new Place[maxTracks * _lines.Length];
    }

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Takes in where a track is seen.</summary>
    /// <param name="slot">The track's.</param>
    /// <param name="line">Which line.</param>
    /// <param name="classId">The track's class.</param>
    /// <param name="box">Where it is.</param>
    /// <returns>1: it has crossed the line to the right; -1: to the left; 0: it has not.</returns>
    public int Cross(int slot, int line, int classId, in Box box)
    {
        Line across = _lines[line];
        if (!ClassFilter.Allows(across.Classes, classId))
        {
            return 0;
        }

        (float X, float Y) foot = CameraZones.FootOf(box);
        float distance = across.DistanceOf(foot);
        if (MathF.Abs(distance) < MathF.Max(LeastMargin, MarginOfHeight * box.Height))
        {
            return 0;
        }

        ref Place last = ref _places[(slot * _lines.Length) + line];
        int side = MathF.Sign(distance);
        bool hasCrossed = last.Side == -side && across.Meets(last.Foot, foot);
        last = new Place(side, foot);
        return hasCrossed ? side : 0;
    }

    /// <summary>The track in a slot has ended.</summary>
    public void Forget(int slot) => _places.AsSpan(slot * _lines.Length, _lines.Length).Clear();

    // Where a track was seen last that was clear of the line; side 0: never.
    private readonly record struct Place(int Side, (float X, float Y) Foot);

    private sealed record Line((float X, float Y) From, (float X, float Y) To, bool[]? Classes)
    {
        private readonly float _length = MathF.Sqrt(
            ((To.X - From.X) * (To.X - From.X)) + ((To.Y - From.Y) * (To.Y - From.Y))
        );

        /// <summary>Positive on the right, as y grows downwards.</summary>
        public float DistanceOf((float X, float Y) point) => Turn(From, To, point) / _length;

        /// <summary>Whether the way between two points on different sides leads through the line and not around it.</summary>
        public bool Meets((float X, float Y) a, (float X, float Y) b) =>
            Turn(a, b, From) * Turn(a, b, To) <= 0;

        private static float Turn(
            (float X, float Y) from,
            (float X, float Y) to,
            (float X, float Y) point
        ) => ((to.X - from.X) * (point.Y - from.Y)) - ((to.Y - from.Y) * (point.X - from.X));
    }
}
