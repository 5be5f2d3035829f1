using AsffEdge.Agent.Tests;
using AsffEdge.Detection.Tests;
using OpenCvSharp;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>A clip of an object that <see cref="ColourCells"/> sees for eight frames and then not for eight, so that tracks begin and end all the time.</summary>
internal static class BlinkingClip
{
    private const int Frames = 160;

    /// <summary>Writes it.</summary>
    /// <returns>Its path.</returns>
    public static string Write(TestVideo video, string name, int phase = 0)
    {
        string path = video.PathOf(name);
        using Mat shown = ColourCells.Picture(320, 320, (new Rect(64, 96, 32, 32), Scalar.Red));
        using Mat empty = ColourCells.Picture(320, 320);
        using VideoWriter writer = new(path, FourCC.MJPG, 25, shown.Size());
        for (int frame = 0; frame < Frames; frame++)
        {
            writer.Write((frame + phase) / 8 % 2 == 0 ? shown : empty);
        }

        return path;
    }
}
