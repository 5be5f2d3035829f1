using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>A line across a camera's picture whose crossings are told (<c>cameras.N.lines.NAME:</c>).</summary>
/// <param name="Ends">From where to where, as corners of a <see cref="Polygon"/>. Seen along it, what crosses from its left to its right goes <c>right</c>, the other way <c>left</c>.</param>
/// <param name="Classes">The classes it is about; empty: all.</param>
public sealed record LineOptions(IReadOnlyList<string> Ends, IReadOnlyList<string> Classes)
{
    internal static LineOptions Read(SettingReader settings) =>
        new(Polygon.Read(settings, "ends", isLine: true), ZoneOptions.ReadClasses(settings));
}
