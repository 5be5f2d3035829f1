using System.Text.Json.Serialization;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Footage;

/// <summary>An object in a picture that is kept: in pixels of the picture, inside it and not empty.</summary>
/// <param name="ClassId">Index into the labels of the model that found it.</param>
/// <param name="Score">0..1.</param>
/// <param name="Left">Pixels, in hundredths.</param>
/// <param name="Top">Pixels, in hundredths.</param>
/// <param name="Right">Pixels, in hundredths.</param>
/// <param name="Bottom">Pixels, in hundredths.</param>
internal sealed record FoundObject(
    int ClassId,
    float Score,
    float Left,
    float Top,
    float Right,
    float Bottom
)
{
    /// <summary>The same as a box.</summary>
    [JsonIgnore]
    public Box Box => new(Left, Top, Right, Bottom);

    /// <summary>What was found in a frame, boxes cut to the picture; those of which nothing is left are left out.</summary>
    public static FoundObject[] AllOf(FootageFrame frame)
    {
        (int width, int height) = (frame.Picture.Width, frame.Picture.Height);
        List<FoundObject> objects = new(frame.Objects.Length);
        foreach (ref readonly DetectedObject found in frame.Objects)
        {
            FoundObject cut = new(
                found.ClassId,
                MathF.Round(Math.Clamp(found.Score, 0, 1), 4),
                Pixels(found.Box.Left, width),
                Pixels(found.Box.Top, height),
                Pixels(found.Box.Right, width),
                Pixels(found.Box.Bottom, height)
            );
            if (cut.Box is { Width: > 0, Height: > 0 })
            {
                objects.Add(cut);
            }
        }

        return [.. objects];
    }

    /// <summary>What a picture of that many pixels shows.</summary>
    public static PictureContent ContentOf(
        DifferenceHash hash,
        IReadOnlyList<FoundObject> objects,
        int width,
        int height
    ) =>
        new(
            hash,
            [
                .. objects.Select(found => new PlacedObject(
                    found.ClassId,
                    new Box(
                        found.Left / width,
                        found.Top / height,
                        found.Right / width,
                        found.Bottom / height
                    )
                )),
            ]
        );

    // Hundredths are finer than any detector.
    private static float Pixels(float fraction, int size) =>
        MathF.Round(Math.Clamp(fraction, 0, 1) * size, 2);
}
