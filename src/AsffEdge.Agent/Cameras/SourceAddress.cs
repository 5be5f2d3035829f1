using System.Globalization;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Cameras;

/// <summary>A camera's <c>source</c>: its kind, and a form of it that is safe to show.</summary>
public sealed class SourceAddress
{
    private const string DevicePrefix = "/dev/video";

    private SourceAddress(string value, SourceKind kind, string display)
    {
        Value = value;
        Kind = kind;
        Display = display;
    }

    /// <summary>As configured; may hold a password.</summary>
    public string Value { get; }

    /// <summary>What it is.</summary>
    public SourceKind Kind { get; }

    /// <summary>For logs, messages and status: the user, password and parameters of an address are replaced by <c>***</c>.</summary>
    public string Display { get; }

    /// <summary>Index of a Video4Linux device.</summary>
    /// <exception cref="InvalidOperationException">It is no device.</exception>
    public int DeviceIndex =>
        Kind == SourceKind.Device
            ? int.Parse(Value.AsSpan(DevicePrefix.Length), CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"'{Display}' is no video device");

    /// <summary>Tells what a source is by how it is written.</summary>
    /// <exception cref="FormatException">It is none of the kinds that can be read.</exception>
    public static SourceAddress Parse(string source)
    {
        if (string.IsNullOrWhiteSpace(source))
        {
            throw new FormatException($"source is empty; {Allowed}");
        }

        int scheme = source.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            bool device =
                source.StartsWith(DevicePrefix, StringComparison.Ordinal)
                && source.Length is > 10 and <= 13
                && source.AsSpan(DevicePrefix.Length).IndexOfAnyExceptInRange('0', '9') < 0;
            return new SourceAddress(source, device ? SourceKind.Device : SourceKind.File, source);
        }

        string display = Secrets.MaskAddress(source);
        if (source[..scheme].ToLowerInvariant() is not ("rtsp" or "rtsps"))
        {
            throw new FormatException(
                $"source '{display}' has the scheme '{source[..scheme]}'; {Allowed}"
            );
        }

        // The address travels to ffmpeg as a line of text.
        if (source.Any(char.IsControl))
        {
            throw new FormatException($"source '{display}' holds a control character; {Allowed}");
        }

        return new SourceAddress(source, SourceKind.Rtsp, display);
    }

    private const string Allowed =
        "allowed: an rtsp:// or rtsps:// address, /dev/videoN, or the path of a video file";
}
