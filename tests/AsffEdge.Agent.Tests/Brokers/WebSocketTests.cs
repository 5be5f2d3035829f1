using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>A whole agent that comes to Mosquitto by a WebSocket.</summary>
[Trait("Category", "System")]
public sealed class WebSocketTests
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";

    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task An_agent_publishes_and_is_commanded_through_one(string protocol)
    {
        await using WebSocketMosquitto broker = await StartAsync();
        await using RunningAgent agent = new(At(broker.Port) with { Protocol = protocol });
        agent.Start();
        await agent.WaitForLogAsync("Connected to the broker");
        using Observer observer = await Observer.ConnectAsync(broker.PlainPort);
        await observer.WaitForAsync(
            $"{Agent}/status",
            MessageJson.Wire.StatusMessage,
            status => status.State == AgentState.Online
        );
        await observer.WaitForAsync(
            $"{Agent}/cameras/dock-1/detections",
            MessageJson.Wire.FrameMessage,
            _ => true
        );
        await observer.PublishAsync(
            $"{Agent}/commands/profile.set",
            """{"v":1,"rev":3,"profile":"accurate"}"""
        );
        await observer.WaitForAsync(
            $"{Agent}/replies/default",
            MessageJson.Wire.CommandReply,
            reply => reply is { Rev: 3, State: ReplyState.Done }
        );

        Assert.Equal(0, await agent.StopAsync());
        await observer.WaitForAsync(
            $"{Agent}/status",
            MessageJson.Wire.StatusMessage,
            status => status.State == AgentState.Offline
        );
    }

    [Fact]
    public async Task It_comes_back_when_the_broker_does()
    {
        await using WebSocketMosquitto broker = await StartAsync();
        await using RunningAgent agent = new(At(broker.Port));
        agent.Start();
        await agent.WaitForLogAsync("Connected to the broker");

        await broker.StopAsync();
        await agent.WaitForLogAsync("next attempt in");
        await broker.StartAsync();

        using Observer observer = await Observer.ConnectAsync(broker.PlainPort);
        await observer.WaitForAsync($"{Agent}/info", MessageJson.Wire.InfoMessage, _ => true);
    }

    [Fact]
    public async Task Where_MQTT_is_spoken_without_WebSockets_that_is_said()
    {
        await using Mosquitto broker = new();
        await broker.StartAsync();
        await using RunningAgent agent = new(At(broker.Port));
        agent.Start();

        await agent.WaitForLogAsync(
            "(see mqtt.transport, mqtt.port and mqtt.path) (no_web_socket)"
        );
    }

    [Fact]
    public async Task Where_WebSockets_are_spoken_that_what_comes_is_no_MQTT_is_said()
    {
        await using WebSocketMosquitto broker = await StartAsync();
        await using RunningAgent agent = new(At(broker.Port) with { Transport = "tcp" });
        agent.Start();

        await agent.WaitForLogAsync("(see mqtt.port and mqtt.transport) (protocol)");
    }

    private static MqttOptions At(int port) =>
        new()
        {
            Host = "127.0.0.1",
            Port = port,
            Transport = BrokerOptions.WebSocketTransport,
            HealthIntervalS = 1,
        };

    private static async Task<WebSocketMosquitto> StartAsync()
    {
        WebSocketMosquitto broker = new();
        await broker.StartAsync();
        return broker;
    }
}
