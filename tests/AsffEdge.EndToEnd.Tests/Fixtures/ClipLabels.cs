using System.Globalization;
using AsffEdge.Detection;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>The labelled boxes of the clip by frame number (from 1), as fractions of the picture.</summary>
internal sealed class ClipLabels
{
    private const float Width = 768;
    private const float Height = 576;

    private readonly ILookup<int, Box> _boxes;

    private ClipLabels(ILookup<int, Box> boxes) => _boxes = boxes;

    public static ClipLabels Read(string path) =>
        new(
            File.ReadLines(path)
                .Select(line => line.Split(','))
                .ToLookup(cells => int.Parse(cells[0], CultureInfo.InvariantCulture), BoxOf)
        );

    /// <summary>The boxes of a frame; none for frames that are not labelled.</summary>
    public IReadOnlyList<Box> OfFrame(int frame) => [.. _boxes[frame]];

    private static Box BoxOf(string[] cells)
    {
        float left = Number(cells[2]);
        float top = Number(cells[3]);
        return new Box(
            left / Width,
            top / Height,
            (left + Number(cells[4])) / Width,
            (top + Number(cells[5])) / Height
        );
    }

    private static float Number(string cell) => float.Parse(cell, CultureInfo.InvariantCulture);
}
