using System.CommandLine;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Connection;

namespace AsffEdge.Fleet.Tests.Connection;

/// <summary>Where the broker's settings come from, and what is said about wrong ones.</summary>
public sealed class BrokerArgumentsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("broker.local", "broker.local", null)]
    [InlineData("broker.local:8883", "broker.local", "8883")]
    [InlineData("192.0.2.1:1", "192.0.2.1", "1")]
    [InlineData("2001:db8::1", "2001:db8::1", null)]
    [InlineData("[2001:db8::1]", "2001:db8::1", null)]
    [InlineData("[2001:db8::1]:8883", "2001:db8::1", "8883")]
    public void A_broker_may_name_its_port(string broker, string host, string? port)
    {
        Assert.Equal((host, port), BrokerArguments.Split(broker));
    }

    [Fact]
    public void The_command_line_is_stronger_than_the_environment_and_that_than_the_file()
    {
        string file = _home.Write(
            "fleet.yaml",
            "mqtt:\n  host: file.local\n  username: filed\n  root: filed/v1\n"
        );

        BrokerOptions options = Read(
            ["--config", file, "--broker", "option.local"],
            new()
            {
                ["ASFF_FLEET__MQTT__HOST"] = "env.local",
                ["ASFF_FLEET__MQTT__USERNAME"] = "env",
            }
        );

        Assert.Equal(
            ("option.local", "env", "filed/v1"),
            (options.Host, options.Username, options.Root)
        );
    }

    [Fact]
    public void A_file_at_the_usual_place_is_found()
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, "asff-edge"));
        _home.Write("asff-edge/fleet.yaml", "mqtt:\n  host: usual.local\n");

        BrokerOptions options = Read([], new() { ["XDG_CONFIG_HOME"] = _home.Path });

        Assert.Equal("usual.local", options.Host);
    }

    [Fact]
    public void Authorities_imply_encryption_and_its_port()
    {
        string authorities = _home.Write("ca.pem", "");

        BrokerOptions options = Read(["--ca", authorities], []);

        Assert.True(options.Tls.Enabled);
        Assert.Equal(8883, options.Port);
    }

    [Theory]
    [InlineData(
        "--broker host:99999",
        "--broker: mqtt.port is '99999'; allowed: a whole number from 1 to 65535"
    )]
    [InlineData(
        "--broker mqtt://host",
        "--broker: mqtt.host is 'mqtt://host'; allowed: a host name"
    )]
    [InlineData("--broker bad_host/", "--broker: mqtt.host is 'bad_host/'")]
    [InlineData(
        "--protocol 4",
        "--protocol: mqtt.protocol is '4'; did you mean '5'? Allowed: 5, 3.1.1"
    )]
    [InlineData("--key /dev/null", "mqtt.tls.certificate_file is missing")]
    public void A_wrong_option_is_named(string arguments, string problem)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            Read(arguments.Split(' '), [])
        );

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_key_of_the_file_is_named_with_its_line()
    {
        string file = _home.Write("fleet.yaml", "mqtt:\n  hots: broker.local\n");

        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            Read(["--config", file], [])
        );

        Assert.StartsWith(
            "fleet.yaml:2: mqtt.hots is unknown; did you mean 'host'?",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private static BrokerOptions Read(string[] arguments, Dictionary<string, string> environment)
    {
        RootCommand root = new();
        BrokerArguments broker = new();
        broker.AddTo(root);
        return broker.Read(root.Parse(arguments), environment);
    }
}
