using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Broker;

/// <summary>Where the broker is and how it lets a client in (<c>mqtt:</c>).</summary>
public record BrokerOptions
{
    /// <summary>The value of <see cref="Transport"/> for WebSockets.</summary>
    public const string WebSocketTransport = "websocket";

    private const string DefaultPath = "/mqtt";
    private static readonly string[] Protocols = ["5", "3.1.1"];
    private static readonly string[] Transports = ["tcp", WebSocketTransport];

    /// <summary>The defaults: a broker on this machine that asks for nothing.</summary>
    public BrokerOptions() { }

    /// <summary>Reads the section.</summary>
    /// <param name="settings">The section.</param>
    /// <param name="environmentPrefix">Start of the program's environment variables, for what is said about passwords.</param>
    public BrokerOptions(SettingReader settings, string environmentPrefix)
    {
        Tls = settings.Section("tls", TlsOptions.Read);
        Username = settings.OptionalText(
            "username",
            text => text.Length is > 0 and <= 256,
            "1 to 256 characters"
        );
        Password = settings.OptionalText("password");
        PasswordFile = settings.OptionalFile("password_file");
        if (Password is not null && settings.OriginOf("password").Layer != SettingLayer.Environment)
        {
            settings.Report(
                "password",
                $"is a secret and does not belong here; allowed: password_file, or the environment variable {environmentPrefix}MQTT__PASSWORD"
            );
        }

        if (Username is null && (Password ?? PasswordFile) is not null)
        {
            settings.Report("username", "is missing, but there is a password");
        }

        Host = settings.Text(
            "host",
            Host,
            text => Uri.CheckHostName(text) != UriHostNameType.Unknown,
            "a host name or an address, without scheme and port"
        );
        Transport = settings.Choice("transport", Transport, Transports);
        Path = settings.Text(
            "path",
            DefaultPath,
            IsPath,
            "'/' and what follows it in the address, without spaces, '?' and '#'"
        );
        if (Transport != WebSocketTransport && Path != DefaultPath)
        {
            settings.Report(
                "path",
                "is for WebSockets only; set transport: websocket or remove it"
            );
        }

        Port = settings.WholeNumber("port", DefaultPort(), 1, 65535);
        Protocol = settings.Choice("protocol", Protocol, Protocols);
        Root = settings.Text("root", Root, Topics.IsValidRoot, Topics.AllowedRoot);
        KeepAliveS = settings.WholeNumber("keep_alive_s", KeepAliveS, 5, 3600);
    }

    /// <summary>The broker's name or address.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The broker's port.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>What carries the connection: <c>tcp</c>, or <c>websocket</c>.</summary>
    public string Transport { get; init; } = "tcp";

    /// <summary>With WebSockets, the path of the address.</summary>
    public string Path { get; init; } = DefaultPath;

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

    private static bool IsPath(string path) =>
        path.Length <= 256
        && path.StartsWith('/')
        && !path.Any(character =>
            char.IsControl(character) || char.IsWhiteSpace(character) || character is '?' or '#'
        );

    private int DefaultPort() =>
        (Transport == WebSocketTransport, Tls.Enabled) switch
        {
            (false, false) => 1883,
            (false, true) => 8883,
            (true, false) => 80,
            (true, true) => 443,
        };
}
