namespace AsffEdge.Tests.Brokers;

/// <summary>
/// A Mosquitto with the configuration and the access control that the repository ships, moved to free ports and a temporary folder.
/// Every user has <see cref="TestBroker.Password"/>.
/// </summary>
internal sealed class FleetMosquitto(TestCertificates certificates) : Mosquitto
{
    private const string Installed = "/etc/mosquitto/asff-edge";

    /// <summary>Agents with passwords.</summary>
    public static readonly string[] Agents = ["gate-07", "gate-08"];

    /// <summary>People and programs.</summary>
    public static readonly string[] Managers = ["fleet-manager", "fleet-viewer", "home-assistant"];

    /// <summary>The way in for agents with passwords.</summary>
    public int PasswordPort { get; } = FreePort();

    /// <summary>The way in for managers. <see cref="TestBroker.Port"/> is that for agents with certificates.</summary>
    public int ManagerPort { get; } = FreePort();

    protected override IReadOnlyList<int> Ports => [Port, PasswordPort, ManagerPort];

    protected override string Configure()
    {
        string shipped = Path.Combine(Repository.Root, "config", "mosquitto");
        Folder.Write("asff-edge.acl", File.ReadAllText(Path.Combine(shipped, "asff-edge.acl")));
        WritePasswords("agents.passwd", Agents);
        WritePasswords("managers.passwd", Managers);
        return File.ReadAllText(Path.Combine(shipped, "mosquitto.conf"))
                .Replace("listener 8883", $"listener {Port} 127.0.0.1", StringComparison.Ordinal)
                .Replace(
                    "listener 8884",
                    $"listener {PasswordPort} 127.0.0.1",
                    StringComparison.Ordinal
                )
                .Replace(
                    "listener 8885",
                    $"listener {ManagerPort} 127.0.0.1",
                    StringComparison.Ordinal
                )
                .Replace($"{Installed}/ca.pem", certificates.Authority, StringComparison.Ordinal)
                .Replace($"{Installed}/broker.pem", certificates.Broker, StringComparison.Ordinal)
                .Replace(
                    $"{Installed}/broker.key",
                    certificates.BrokerKey,
                    StringComparison.Ordinal
                )
                .Replace(Installed, Folder.Path, StringComparison.Ordinal)
            + $"user {Environment.UserName}\n";
    }
}
