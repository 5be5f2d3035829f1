using System.CommandLine;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Settings;

namespace AsffEdge.Fleet.Connection;

/// <summary>
/// The options by which every command is told its broker. What they leave open comes from the environment (<c>ASFF_FLEET__MQTT__HOST</c>),
/// then from a YAML file with the section <c>mqtt:</c> of an agent's configuration.
/// </summary>
internal sealed class BrokerArguments
{
    /// <summary>Start of every environment variable that is a setting.</summary>
    public const string EnvironmentPrefix = "ASFF_FLEET__";

    private readonly Option<string?> _config = new("--config", "-c")
    {
        Description =
            "A YAML file with a section mqtt: as an agent's; default: asff-edge/fleet.yaml in $XDG_CONFIG_HOME or ~/.config, if it is there",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<string?> _broker = new("--broker", "-b")
    {
        Description =
            "The broker; default: localhost, port 1883, or 8883 with TLS; with WebSockets 80 and 443",
        HelpName = "HOST[:PORT]",
        Recursive = true,
    };

    private readonly Option<bool> _tls = new("--tls")
    {
        Description = "Encrypt the connection; --ca and --cert imply it",
        Recursive = true,
    };

    private readonly (Option<string?> Option, string Key)[] _settings =
    [
        (Text("--ca", "FILE", "Authorities to trust, PEM; default: the system's"), "tls.ca_file"),
        (Text("--cert", "FILE", "A client certificate, PEM"), "tls.certificate_file"),
        (Text("--key", "FILE", "The key of --cert, PEM"), "tls.key_file"),
        (Text("--user", "NAME", "User name at the broker"), "username"),
        (
            Text(
                "--password-file",
                "FILE",
                $"A file whose first line is the password; or the environment variable {EnvironmentPrefix}MQTT__PASSWORD"
            ),
            "password_file"
        ),
        (
            Text("--transport", "tcp|websocket", "What carries the connection; default: tcp"),
            "transport"
        ),
        (
            Text("--path", "PATH", "With WebSockets, the path of the address; default: /mqtt"),
            "path"
        ),
        (Text("--protocol", "5|3.1.1", "Version of MQTT; default: 5"), "protocol"),
        (Text("--root", "TOPIC", "What every topic starts with; default: asff-edge/v1"), "root"),
    ];

    /// <summary>Gives the options to <paramref name="command"/> and every command below it.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_broker);
        command.Options.Add(_tls);
        foreach ((Option<string?> option, _) in _settings)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The broker that was asked for.</summary>
    /// <exception cref="ConfigurationException">It cannot be used; the message lists every problem.</exception>
    public BrokerOptions Read(ParseResult arguments) =>
        Read(arguments, LayeredSettings.ProcessEnvironment());

    /// <summary>The broker that was asked for, with the given environment.</summary>
    /// <exception cref="ConfigurationException">It cannot be used; the message lists every problem.</exception>
    public BrokerOptions Read(
        ParseResult arguments,
        IReadOnlyDictionary<string, string> environment
    ) =>
        LayeredSettings.Read(
            arguments.GetValue(_config) ?? DefaultFile(environment),
            environment,
            EnvironmentPrefix,
            Overrides(arguments),
            settings => settings.Section("mqtt", mqtt => new BrokerOptions(mqtt, EnvironmentPrefix))
        );

    /// <summary>Host and port of <c>HOST</c>, <c>HOST:PORT</c>, <c>ADDRESS</c> or <c>[ADDRESS]:PORT</c>; the port null where none is given.</summary>
    internal static (string Host, string? Port) Split(string broker)
    {
        int bracket = broker.StartsWith('[') ? broker.IndexOf(']', StringComparison.Ordinal) : -1;
        if (bracket > 0)
        {
            string rest = broker[(bracket + 1)..];
            return (broker[1..bracket], rest.StartsWith(':') ? rest[1..] : null);
        }

        // More than one colon: an IPv6 address. With a scheme it is neither, and is said not to be a host.
        int colon = broker.IndexOf(':', StringComparison.Ordinal);
        return
            colon < 0
            || colon != broker.LastIndexOf(':')
            || broker.Contains("://", StringComparison.Ordinal)
            ? (broker, null)
            : (broker[..colon], broker[(colon + 1)..]);
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            Recursive = true,
        };

    private static string? DefaultFile(IReadOnlyDictionary<string, string> environment)
    {
        string? file = UserFolders.Configuration(environment) is { } folder
            ? Path.Combine(folder, "fleet.yaml")
            : null;
        return File.Exists(file) ? file : null;
    }

    private IEnumerable<SettingOverride> Overrides(ParseResult arguments)
    {
        if (arguments.GetValue(_broker) is { } broker)
        {
            (string host, string? port) = Split(broker);
            yield return new SettingOverride("--broker", "mqtt.host", host);
            if (port is not null)
            {
                yield return new SettingOverride("--broker", "mqtt.port", port);
            }
        }

        bool isEncrypted = arguments.GetValue(_tls);
        foreach ((Option<string?> option, string key) in _settings)
        {
            if (arguments.GetValue(option) is { } value)
            {
                isEncrypted |= option.Name is "--ca" or "--cert";
                yield return new SettingOverride(option.Name, $"mqtt.{key}", value);
            }
        }

        if (isEncrypted)
        {
            yield return new SettingOverride("--tls", "mqtt.tls.enabled", "true");
        }
    }
}
