using AsffEdge.Messaging;

namespace AsffEdge.Agent.Configuration;

/// <summary>The broker and what is published (<c>mqtt:</c>).</summary>
public sealed record MqttOptions
{
    private static readonly string[] Protocols = ["5", "3.1.1"];

    /// <summary>The broker's name or address.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The broker's port.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Version of MQTT: <c>5</c>, or <c>3.1.1</c> for brokers that know no better.</summary>
    public string Protocol { get; init; } = "5";

    /// <summary>What every topic starts with.</summary>
    public string Root { get; init; } = Topics.DefaultRoot;

    /// <summary>User name; null: none.</summary>
    public string? Username { get; init; }

    /// <summary>Password, from the environment only; null: none, or see <see cref="PasswordFile"/>.</summary>
    public string? Password { get; init; }

    /// <summary>Absolute path of a file whose first line is the password; read at every connection.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Encryption.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>Seconds between signs of life to the broker.</summary>
    public int KeepAliveS { get; init; } = 15;

    /// <summary>Seconds between health messages, which are also the probe of the connection.</summary>
    public int HealthIntervalS { get; init; } = 15;

    /// <summary>The frame messages.</summary>
    public DetectionPublishingOptions Detections { get; init; } = new();

    internal static MqttOptions Read(SettingReader settings)
    {
        TlsOptions tls = settings.Section("tls", TlsOptions.Read);
        string? username = settings.OptionalText(
            "username",
            text => text.Length is > 0 and <= 256,
            "1 to 256 characters"
        );
        string? password = settings.OptionalText("password");
        string? passwordFile = settings.OptionalFile("password_file");
        if (password is not null && settings.OriginOf("password").Layer != SettingLayer.Environment)
        {
            settings.Report(
                "password",
                $"is a secret and does not belong here; allowed: password_file, or the environment variable {SettingOverrides.Prefix}MQTT__PASSWORD"
            );
        }

        if (username is null && (password ?? passwordFile) is not null)
        {
            settings.Report("username", "is missing, but there is a password");
        }

        return new MqttOptions
        {
            Host = settings.Text(
                "host",
                "localhost",
                IsHost,
                "a host name or an address, without scheme and port"
            ),
            Port = settings.Integer("port", tls.Enabled ? 8883 : 1883, 1, 65535),
            Protocol = settings.Choice("protocol", "5", Protocols),
            Root = settings.Text(
                "root",
                Topics.DefaultRoot,
                Topics.IsValidRoot,
                Topics.AllowedRoot
            ),
            Username = username,
            Password = password,
            PasswordFile = passwordFile,
            Tls = tls,
            KeepAliveS = settings.Integer("keep_alive_s", 15, 5, 3600),
            HealthIntervalS = settings.Integer("health_interval_s", 15, 1, 3600),
            Detections = settings.Section("detections", DetectionPublishingOptions.Read),
        };
    }

    private static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;
}
