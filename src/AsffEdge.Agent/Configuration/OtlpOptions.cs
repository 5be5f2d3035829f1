using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>Sending of metrics by the OpenTelemetry protocol (<c>telemetry.otlp:</c>).</summary>
public sealed record OtlpOptions
{
    private const string Allowed =
        "an http:// or https:// address without user and password, such as http://collector.local:4318";

    private static readonly string[] Protocols = ["http", "grpc"];

    /// <summary>The collector; null: nothing is sent.</summary>
    public string? Endpoint { get; init; }

    /// <summary><c>http</c> (protobuf) or <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>Seconds between two reports.</summary>
    public int IntervalS { get; init; } = 60;

    /// <summary>Headers as <c>name=value,name=value</c>, from the environment only; null: none, or see <see cref="HeadersFile"/>.</summary>
    public string? Headers { get; init; }

    /// <summary>Absolute path of a file with a header <c>name=value</c> in each line; read at the start.</summary>
    public string? HeadersFile { get; init; }

    internal static OtlpOptions Read(SettingReader settings)
    {
        OtlpOptions defaults = new();
        OtlpOptions options = new()
        {
            Endpoint = ReadEndpoint(settings),
            Protocol = settings.Choice("protocol", defaults.Protocol, Protocols),
            IntervalS = settings.WholeNumber("interval_s", defaults.IntervalS, 1, 3600),
            Headers = settings.OptionalText("headers"),
            HeadersFile = settings.OptionalFile("headers_file"),
        };
        if (
            options.Headers is not null
            && settings.OriginOf("headers").Layer != SettingLayer.Environment
        )
        {
            settings.Report(
                "headers",
                $"holds a secret and does not belong here; allowed: headers_file, or the environment variable {ConfigurationLoader.EnvironmentPrefix}TELEMETRY__OTLP__HEADERS"
            );
        }

        return options;
    }

    // Not shown: what is wrong with it may be that it holds a password.
    private static string? ReadEndpoint(SettingReader settings)
    {
        string? endpoint = settings.OptionalText("endpoint");
        if (endpoint is null || IsAddress(endpoint))
        {
            return endpoint;
        }

        settings.Report("endpoint", $"is no address that can be used; allowed: {Allowed}");
        return null;
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        && address is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };
}
