using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>A part of a camera's picture whose comings and goings are told (<c>cameras.N.zones.NAME:</c>).</summary>
/// <param name="Corners">Its corners, at least three, see <see cref="Polygon"/>.</param>
/// <param name="Classes">The classes it is about; empty: all.</param>
public sealed record ZoneOptions(IReadOnlyList<string> Corners, IReadOnlyList<string> Classes)
{
    internal static ZoneOptions Read(SettingReader settings) =>
        new(Polygon.Read(settings, "corners", isLine: false), ReadClasses(settings));

    /// <summary>Reads the classes something is about.</summary>
    internal static IReadOnlyList<string> ReadClasses(SettingReader settings) =>
        settings.Texts("classes", [], text => text.Length > 0, "names of classes of the model");
}
