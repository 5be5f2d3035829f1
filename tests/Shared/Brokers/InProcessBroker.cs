using System.Net;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace AsffEdge.Tests.Brokers;

/// <summary>MQTTnet's broker in this process.</summary>
public sealed class InProcessBroker : TestBroker
{
    private MqttServer? _server;

    public override async Task StartAsync()
    {
        MqttServerOptions options = new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointPort(Port)
            .WithDefaultEndpointReuseAddress()
            .WithPersistentSessions()
            .Build();
        _server = new MqttServerFactory().CreateMqttServer(options);
        _server.ValidatingConnectionAsync += connection =>
        {
            if (WantsCredentials && (connection.UserName, connection.Password) != (User, Password))
            {
                connection.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
            }

            return Task.CompletedTask;
        };
        await _server.StartAsync();
    }

    public override async Task StopAsync()
    {
        if (_server is { } server)
        {
            await server.StopAsync(new MqttServerStopOptions());
            server.Dispose();
            _server = null;
        }
    }
}
