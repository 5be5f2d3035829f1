using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Configuration;

/// <summary>A resolution profile of the configuration (<c>profiles:</c>).</summary>
public sealed record ProfileOptions
{
    /// <summary>The profiles there are when the configuration gives none.</summary>
    public static readonly IReadOnlyDictionary<string, ProfileOptions> Defaults = new Dictionary<
        string,
        ProfileOptions
    >
    {
        ["fast"] = new() { Size = 320 },
        ["balanced"] = new() { Size = 416 },
        ["accurate"] = new() { Size = 608 },
        ["max"] = new() { Size = 800 },
    };

    /// <summary>Network input size in pixels, a multiple of 32 from 320 to 800.</summary>
    public required int Size { get; init; }

    /// <summary>Least score that is reported, 0..1; null: what the model recommends.</summary>
    public double? ScoreThreshold { get; init; }

    /// <summary>IoU above which the weaker of two boxes of a class is dropped, 0..1; null: what the model recommends.</summary>
    public double? NmsThreshold { get; init; }

    /// <summary>Frames a second inferred at most for a camera; null: as many as the device manages.</summary>
    public double? MaxFps { get; init; }

    internal static ProfileOptions Read(SettingReader settings)
    {
        double? size = settings.Number(
            "size",
            DesiredDocumentReader.AllowedSizes,
            number => number == Math.Floor(number) && DesiredDocumentReader.IsSize((long)number)
        );
        if (size is null)
        {
            settings.RequiredText("size", allowed: DesiredDocumentReader.AllowedSizes);
        }

        return new ProfileOptions
        {
            Size = (int)(size ?? DesiredDocumentReader.MinSize),
            ScoreThreshold = settings.OptionalNumber("score_threshold", 0, 1),
            NmsThreshold = settings.OptionalNumber("nms_threshold", 0, 1),
            MaxFps = settings.OptionalNumber("max_fps", 0.01, 1000),
        };
    }
}
