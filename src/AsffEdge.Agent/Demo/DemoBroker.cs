using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using MQTTnet.Packets;
using MQTTnet.Server;

namespace AsffEdge.Agent.Demo;

/// <summary>An MQTT broker inside this process, on a free port that only this machine can reach.</summary>
internal sealed class DemoBroker : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly MqttServer _server;

    private DemoBroker(MqttServer server, int port)
    {
        _server = server;
        Port = port;
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Starts one.</summary>
    /// <exception cref="SocketException">No port of this machine can be used.</exception>
    public static async Task<DemoBroker> StartAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort();
            MqttServerOptions options = new MqttServerOptionsBuilder()
                .WithDefaultEndpoint()
                .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
                .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
                .WithDefaultEndpointPort(port)
                .Build();
            MqttServer server = new MqttServerFactory().CreateMqttServer(options);

            server.ValidatingConnectionAsync += NameGuest;
            try
            {
                await server.StartAsync().ConfigureAwait(false);
                return new DemoBroker(server, port);
            }
            // The port was free a moment ago.
            catch (SocketException) when (attempt < Attempts)
            {
                server.Dispose();
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new MqttServerStopOptions()).ConfigureAwait(false);
        _server.Dispose();
    }

    /// <summary>
    /// MQTT lets a client leave its id to the broker, and <c>mosquitto_sub</c> does. This broker's own way to give one works
    /// for MQTT 5 only, and it would turn such a client of version 3.1.1 away.
    /// </summary>
    private static Task NameGuest(ValidatingConnectionEventArgs connection)
    {
        MqttConnectPacket packet = PacketOf(connection);
        if (string.IsNullOrEmpty(packet.ClientId))
        {
            packet.ClientId = $"guest-{Guid.NewGuid():n}";
            connection.AssignedClientIdentifier = packet.ClientId;
        }

        return Task.CompletedTask;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_connectPacket")]
    private static extern ref MqttConnectPacket PacketOf(ValidatingConnectionEventArgs connection);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
