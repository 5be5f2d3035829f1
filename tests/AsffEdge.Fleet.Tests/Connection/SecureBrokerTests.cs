using AsffEdge.Fleet.Tests.Commands;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Fleet.Tests.Connection;

/// <summary>The tool at a broker with the configuration and the access control that the repository ships.</summary>
[Trait("Category", "System")]
public sealed class SecureBrokerTests : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();
    private readonly TestCertificates _certificates = new("gate-07");
    private readonly FleetMosquitto _broker;

    public SecureBrokerTests() => _broker = new FleetMosquitto(_certificates);

    private string Address => $"127.0.0.1:{_broker.ManagerPort}";

    public async ValueTask InitializeAsync() => await _broker.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _certificates.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task Options_lead_to_it()
    {
        string password = _home.Write("password", $"{TestBroker.Password}\n");

        FleetProgram.Outcome outcome = await RunAsync(
            ["agents", "-b", Address, "--ca", _certificates.Authority],
            ["--user", "fleet-manager", "--password-file", password]
        );

        Assert.Equal((0, "The broker knows no agents.\n", ""), Parts(outcome));
    }

    [Fact]
    public async Task A_file_leads_to_it()
    {
        _home.Write("password", TestBroker.Password);
        string file = _home.Write(
            "fleet.yaml",
            $"""
            mqtt:
              host: 127.0.0.1
              port: {_broker.ManagerPort}
              username: fleet-manager
              password_file: password
              tls:
                enabled: true
                ca_file: {_certificates.Authority}
            """
        );

        FleetProgram.Outcome outcome = await RunAsync(["agents", "--config", file]);

        Assert.Equal((0, "The broker knows no agents.\n", ""), Parts(outcome));
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_not_shown()
    {
        string password = _home.Write("password", "hunter2\n");

        FleetProgram.Outcome outcome = await RunAsync(
            ["show", "gate-07", "-b", Address, "--ca", _certificates.Authority],
            ["--user", "fleet-manager", "--password-file", password]
        );

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(
            "mqtt.username is 'fleet-manager'",
            outcome.Errors,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("hunter2", outcome.Errors + outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_only_look_on_cannot_send_commands()
    {
        string password = _home.Write("password", TestBroker.Password);

        FleetProgram.Outcome outcome = await RunAsync(
            ["command", "gate-07", "ping", "--force", "--timeout", "5"],
            ["-b", Address, "--ca", _certificates.Authority, "--user", "fleet-viewer"],
            ["--password-file", password]
        );

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("NotAuthorized", outcome.Errors, StringComparison.Ordinal);
    }

    private static (int, string, string) Parts(FleetProgram.Outcome outcome) =>
        (outcome.ExitCode, outcome.Output, outcome.Errors);

    private Task<FleetProgram.Outcome> RunAsync(params string[][] arguments) =>
        FleetProgram.RunAsync(_home.Path, [.. arguments.SelectMany(words => words)]);
}
