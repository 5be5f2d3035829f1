using System.Diagnostics;
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

    [Theory]
    [InlineData("tcp")]
    [InlineData("websocket")]
    public async Task With_the_right_authority_and_its_own_certificate_an_agent_connects(
        string transport
    )
    {
        await using Mosquitto broker = await StartAsync(
            _certificates.Broker,
            _certificates.BrokerKey,
            wantsCertificate: true,
            transport
        );
        await using RunningAgent agent = Start(
            broker,
            new TlsOptions
            {
                Enabled = true,
                CaFile = _certificates.Authority,
                CertificateFile = _certificates.Agent,
                KeyFile = _certificates.AgentKey,
            },
            transport
        );

        await agent.WaitForLogAsync("Connected to the broker");
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("websocket")]
    public async Task An_agent_without_the_certificate_that_the_broker_wants_is_not_let_in(
        string transport
    )
    {
        await using Mosquitto broker = await StartAsync(
            _certificates.Broker,
            _certificates.BrokerKey,
            wantsCertificate: true,
            transport
        );
        await using RunningAgent agent = Start(broker, OwnAuthority, transport);

        await AssertRefusedAsync(
            agent,
            "it does not take this client's certificate (see mqtt.tls.certificate_file) (client_certificate)"
        );
        // Not after many attempts: the reason comes when for the agent the handshake is over and it writes already. Seldom the system has dropped it.
        Assert.InRange(
            agent.Log.Count(line => line.Contains("next attempt in", StringComparison.Ordinal)),
            1,
            2
        );
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("websocket")]
    public async Task A_broker_of_an_authority_that_the_system_does_not_know_is_refused(
        string transport
    )
    {
        await using Mosquitto broker = await StartAsync(transport);
        await using RunningAgent agent = Start(
            broker,
            new TlsOptions { Enabled = true },
            transport
        );

        await AssertRefusedAsync(
            agent,
            "its certificate was issued by 'CN=test authority', which this system does not trust (see mqtt.tls.ca_file) (certificate_untrusted)"
        );
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("websocket")]
    public async Task A_broker_of_another_authority_than_the_given_one_is_refused(string transport)
    {
        using TestCertificates others = new(RunningAgent.Id);
        await using Mosquitto broker = await StartAsync(transport);
        await using RunningAgent agent = Start(
            broker,
            new TlsOptions { Enabled = true, CaFile = others.Authority },
            transport
        );

        await AssertRefusedAsync(
            agent,
            "'CN=test authority', which is none of those in mqtt.tls.ca_file (certificate_untrusted)"
        );
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("websocket")]
    public async Task A_broker_with_the_certificate_of_another_machine_is_refused(string transport)
    {
        await using Mosquitto broker = await StartAsync(
            _certificates.OtherHost,
            _certificates.OtherHostKey,
            transport: transport
        );
        await using RunningAgent agent = Start(broker, OwnAuthority, transport);

        await AssertRefusedAsync(
            agent,
            "its certificate is for 192.0.2.1, not for '127.0.0.1' (see mqtt.host) (certificate_wrong_name)"
        );
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("websocket")]
    public async Task A_broker_whose_certificate_has_expired_is_refused(string transport)
    {
        await using Mosquitto broker = await StartAsync(
            _certificates.Expired,
            _certificates.ExpiredKey,
            transport: transport
        );
        await using RunningAgent agent = Start(broker, OwnAuthority, transport);

        await AssertRefusedAsync(agent, "(certificate_expired)");
        await agent.WaitForLogAsync("and this machine's clock says ");
    }

    [Theory]
    [InlineData("tcp", "-tls1_1", true)]
    [InlineData("websocket", "-tls1_1", true)]
    [InlineData("tcp", "-tls1_2", false)]
    [InlineData("websocket", "-tls1_2", false)]
    public async Task A_broker_that_knows_no_newer_TLS_than_1_1_is_refused(
        string transport,
        string version,
        bool isRefused
    )
    {
        using Process server = StartTlsServer(version, out int port);
        try
        {
            await using RunningAgent agent = new(
                new MqttOptions
                {
                    Host = "127.0.0.1",
                    Port = port,
                    Transport = transport,
                    Tls = OwnAuthority,
                }
            );
            agent.Start();

            // With a version that both know there is an answer, if none that makes sense.
            await agent.WaitForLogAsync("next attempt in ");
            Assert.Equal(
                isRefused,
                agent.Log.Any(line => line.Contains("(tls_failed)", StringComparison.Ordinal))
            );
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("websocket")]
    public async Task A_broker_without_TLS_is_not_spoken_to_in_plaintext(string transport)
    {
        await using Mosquitto broker = NewBroker(transport, "");
        await broker.StartAsync();
        await using RunningAgent agent = Start(broker, OwnAuthority, transport);

        await AssertRefusedAsync(agent, "(tls_failed)");
    }

    [Fact]
    public async Task A_broker_with_TLS_that_is_spoken_to_without_ends_the_connection()
    {
        await using Mosquitto broker = await StartAsync("tcp");
        await using RunningAgent agent = Start(broker, new TlsOptions(), "tcp");

        await AssertRefusedAsync(agent, "see mqtt.port, mqtt.transport and mqtt.tls");
    }

    [Fact]
    public async Task A_key_that_does_not_fit_its_certificate_is_said_and_ends_nothing()
    {
        await using Mosquitto broker = await StartAsync("tcp");
        await using RunningAgent agent = Start(
            broker,
            OwnAuthority with
            {
                CertificateFile = _certificates.Agent,
                KeyFile = _certificates.BrokerKey,
            },
            "tcp"
        );

        await AssertRefusedAsync(agent, "(unreadable)");
    }

    private TlsOptions OwnAuthority => new() { Enabled = true, CaFile = _certificates.Authority };

    private Process StartTlsServer(string version, out int port)
    {
        port = TestBroker.FreePort();
        Process server = Process.Start(
            new ProcessStartInfo(
                "openssl",
                [
                    "s_server",
                    "-accept",
                    $"{port}",
                    "-cert",
                    _certificates.Broker,
                    "-key",
                    _certificates.BrokerKey,
                    version,
                    "-cipher",
                    "ALL:@SECLEVEL=0",
                    "-www",
                ]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        while (server.StandardOutput.ReadLine() is { } line && line != "ACCEPT") { }

        return server;
    }

    private static Mosquitto NewBroker(string transport, string listener) =>
        transport == "tcp"
            ? new Mosquitto { Listener = listener }
            : new WebSocketMosquitto { Listener = listener };

    private static async Task AssertRefusedAsync(RunningAgent agent, string says)
    {
        await agent.WaitForLogAsync(says);
        Assert.DoesNotContain(
            agent.Log,
            line => line.Contains("Connected", StringComparison.Ordinal)
        );
    }

    private static RunningAgent Start(Mosquitto broker, TlsOptions tls, string transport)
    {
        RunningAgent agent = new(
            new MqttOptions
            {
                Host = "127.0.0.1",
                Port = broker.Port,
                Transport = transport,
                Tls = tls,
            }
        );
        agent.Start();
        return agent;
    }

    private Task<Mosquitto> StartAsync(string transport) =>
        StartAsync(_certificates.Broker, _certificates.BrokerKey, transport: transport);

    private async Task<Mosquitto> StartAsync(
        string certificate,
        string key,
        bool wantsCertificate = false,
        string transport = "tcp"
    )
    {
        string listener = $"""
            cafile {_certificates.Authority}
            certfile {certificate}
            keyfile {key}
            require_certificate {(wantsCertificate ? "true" : "false")}

            """;
        Mosquitto broker = NewBroker(transport, listener);
        await broker.StartAsync();
        return broker;
    }
}
