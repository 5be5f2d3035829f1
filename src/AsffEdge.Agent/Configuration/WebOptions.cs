using System.Net;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>Where <c>/metrics</c> and <c>/healthz</c> are (<c>web:</c>).</summary>
public sealed record WebOptions
{
    /// <summary>The port that exporters of OpenTelemetry use.</summary>
    public const int DefaultPort = 9464;

    /// <summary>Whether they are anywhere.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The address of this machine to listen at.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The port.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Whether other machines may ask too: there is no password and no encryption.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>Whether only this machine can ask.</summary>
    internal bool IsLocal => IPAddress.IsLoopback(IPAddress.Parse(Address));

    internal static WebOptions Read(SettingReader settings)
    {
        WebOptions defaults = new();
        WebOptions options = new()
        {
            Enabled = settings.Flag("enabled", defaults.Enabled),
            Address = settings.Text(
                "address",
                defaults.Address,
                text => IPAddress.TryParse(text, out _),
                "an IP address of this machine, such as 127.0.0.1, ::1 or 0.0.0.0"
            ),
            Port = settings.WholeNumber("port", defaults.Port, 1, 65535),
            AllowRemote = settings.Flag("allow_remote", defaults.AllowRemote),
        };
        if (options is { IsLocal: false, AllowRemote: false })
        {
            settings.Report(
                "address",
                $"is '{options.Address}', where other machines can ask, without password and encryption; allowed: 127.0.0.1 or ::1, or with web.allow_remote: true any"
            );
        }

        return options;
    }
}
