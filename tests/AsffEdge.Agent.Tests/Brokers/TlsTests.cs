using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Broker;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>Encrypted connections to Mosquitto. Nothing falls back to plaintext.</summary>
[Trait("Category", "System")]
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new(RunningAgent.Id);

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task With_the_right_authority_and_its_own_certificate_an_agent_connects()
    {
        await using Mosquitto broker = await StartAsync(
            _certificates.Broker,
            _certificates.BrokerKey,
            wantsCertificate: true
        );
        await using RunningAgent agent = Start(
            broker,
            new TlsOptions
            {
                Enabled = true,
                CaFile = _certificates.Authority,
                CertificateFile = _certificates.Agent,
                KeyFile = _certificates.AgentKey,
            }
        );

        await agent.WaitForLogAsync("Connected to the broker");
    }

    [Fact]
    public async Task A_broker_of_an_unknown_authority_is_refused()
    {
        await using Mosquitto broker = await StartAsync(
            _certificates.Broker,
            _certificates.BrokerKey
        );
        await using RunningAgent agent = Start(broker, new TlsOptions { Enabled = true });

        await AssertRefusedAsync(agent);
    }

    [Fact]
    public async Task A_broker_with_the_certificate_of_another_machine_is_refused()
    {
        await using Mosquitto broker = await StartAsync(
            _certificates.OtherHost,
            _certificates.OtherHostKey
        );
        await using RunningAgent agent = Start(
            broker,
            new TlsOptions { Enabled = true, CaFile = _certificates.Authority }
        );

        await AssertRefusedAsync(agent);
    }

    private static async Task AssertRefusedAsync(RunningAgent agent)
    {
        await agent.WaitForLogAsync("the TLS handshake failed");
        await agent.WaitForLogAsync("see mqtt.tls");
        Assert.DoesNotContain(
            agent.Log,
            line => line.Contains("Connected", StringComparison.Ordinal)
        );
    }

    private static RunningAgent Start(Mosquitto broker, TlsOptions tls)
    {
        RunningAgent agent = new(
            new MqttOptions
            {
                Host = "127.0.0.1",
                Port = broker.Port,
                Tls = tls,
            }
        );
        agent.Start();
        return agent;
    }

    private async Task<Mosquitto> StartAsync(
        string certificate,
        string key,
        bool wantsCertificate = false
    )
    {
        Mosquitto broker = new()
        {
            Listener = $"""
                cafile {_certificates.Authority}
                certfile {certificate}
                keyfile {key}
                require_certificate {(wantsCertificate ? "true" : "false")}

                """,
        };
        await broker.StartAsync();
        return broker;
    }
}
