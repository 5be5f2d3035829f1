using System.Collections.ObjectModel;
using System.Text.RegularExpressions;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Configuration;

/// <summary>One camera of the configuration (<c>cameras:</c>).</summary>
public sealed partial record CameraOptions
{
    /// <summary>Most zones, most lines, and most masks, of a camera.</summary>
    internal const int MostPlaces = 32;

    private static readonly string[] Transports = ["tcp", "udp"];

    /// <summary>Its id in topics, <c>[a-z0-9-]{1,48}</c>, unique.</summary>
    public required string Id { get; init; }

    /// <summary>A name for people.</summary>
    public string? Name { get; init; }

    /// <summary><c>rtsp://</c> or <c>rtsps://</c> address, <c>/dev/videoN</c>, or the path of a video file.</summary>
    public required string Source { get; init; }

    /// <summary>False keeps the camera in the configuration without opening it.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Profile of this camera; <c>auto</c>: the agent chooses; null: the agent's.</summary>
    public string? Profile { get; init; }

    /// <summary>Video files: start again at the end.</summary>
    public bool Loop { get; init; } = true;

    /// <summary>Video files: play at the file's frame rate; false: as fast as it decodes.</summary>
    public bool RealTime { get; init; } = true;

    /// <summary>Frames a second read at most; null: all.</summary>
    public double? MaxFps { get; init; }

    /// <summary>RTSP over <c>tcp</c> or <c>udp</c>.</summary>
    public string Transport { get; init; } = "tcp";

    /// <summary>Parts of the picture whose comings and goings are told, by name.</summary>
    public IReadOnlyDictionary<string, ZoneOptions> Zones { get; init; } =
        ReadOnlyDictionary<string, ZoneOptions>.Empty;

    /// <summary>Lines across the picture whose crossings are told, by name.</summary>
    public IReadOnlyDictionary<string, LineOptions> Lines { get; init; } =
        ReadOnlyDictionary<string, LineOptions>.Empty;

    /// <summary>Parts of the picture that are blackened before anything sees it, by name.</summary>
    public IReadOnlyDictionary<string, MaskOptions> Masks { get; init; } =
        ReadOnlyDictionary<string, MaskOptions>.Empty;

    /// <summary>Reads one camera.</summary>
    /// <param name="settings">Its section.</param>
    /// <param name="ids">The ids of the cameras before it; takes this one's.</param>
    /// <param name="profiles">The profiles there are, <c>auto</c> among them.</param>
    internal static CameraOptions Read(
        SettingReader settings,
        HashSet<string> ids,
        IReadOnlyCollection<string> profiles
    )
    {
        string id = settings.RequiredText(
            "id",
            text => Identifier.IsValid(text),
            Identifier.Allowed
        );
        if (id.Length > 0 && !ids.Add(id))
        {
            settings.Report(
                "id",
                $"is '{id}', as of another camera; every camera needs an id of its own"
            );
        }

        return new CameraOptions
        {
            Id = id,
            Name = settings.OptionalText(
                "name",
                text => text.Length <= 128,
                "at most 128 characters"
            ),
            Source = ReadSource(settings),
            Enabled = settings.Flag("enabled", true),
            Profile = settings.Choice("profile", null, profiles),
            Loop = settings.Flag("loop", true),
            RealTime = settings.Flag("real_time", true),
            MaxFps = settings.OptionalNumber("max_fps", 0.01, 1000),
            Transport = settings.Choice("transport", "tcp", Transports),
            Zones = ReadPlaces(settings, "zones", ZoneOptions.Read),
            Lines = ReadPlaces(settings, "lines", LineOptions.Read),
            Masks = ReadPlaces(settings, "masks", MaskOptions.Read),
        };
    }

    private static IReadOnlyDictionary<string, T> ReadPlaces<T>(
        SettingReader settings,
        string key,
        Func<SettingReader, T> read
    )
    {
        IReadOnlyDictionary<string, T> places =
            settings.Named(key, read) ?? ReadOnlyDictionary<string, T>.Empty;
        if (places.Count > MostPlaces)
        {
            settings.Report(key, $"has {places.Count} entries; allowed: up to {MostPlaces}");
        }

        return places;
    }

    private static string ReadSource(SettingReader settings)
    {
        string source = settings.RequiredText(
            "source",
            text =>
                text.Length > 0
                && (!text.Contains("://", StringComparison.Ordinal) || IsRtsp(text)),
            "an rtsp:// or rtsps:// address, /dev/videoN, or the path of a video file"
        );
        if (
            settings.OriginOf("source").Layer == SettingLayer.CommandLine
            && HoldsSecret().IsMatch(source)
        )
        {
            settings.Report(
                "source",
                $"is '{Secrets.MaskAddress(source)}' with a password, which every user of this machine can read on a command line; allowed: the file, or the environment variable {ConfigurationLoader.EnvironmentPrefix}CAMERAS__N__SOURCE"
            );
        }

        bool isPath = source.Length > 0 && !IsRtsp(source);
        return isPath ? Path.GetFullPath(source, settings.OriginOf("source").Directory) : source;
    }

    private static bool IsRtsp(string source) =>
        source.StartsWith("rtsp://", StringComparison.OrdinalIgnoreCase)
        || source.StartsWith("rtsps://", StringComparison.OrdinalIgnoreCase);

    // A password before the host, or one of the parameters that cameras take it as.
    [GeneratedRegex(
        "(?i)^rtsps?://([^?]*:[^?]*@|[^?]*[?](.*&)?[^=&]*(pass|pwd|token|secret|key|auth)[^=&]*=)"
    )]
    private static partial Regex HoldsSecret();
}
