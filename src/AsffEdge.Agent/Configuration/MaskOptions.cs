using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>A part of a camera's picture that nobody is to see (<c>cameras.N.masks.NAME:</c>).</summary>
/// <param name="Corners">Its corners, at least three, see <see cref="Polygon"/>.</param>
public sealed record MaskOptions(IReadOnlyList<string> Corners)
{
    internal static MaskOptions Read(SettingReader settings) =>
        new(Polygon.Read(settings, "corners", isLine: false));
}
