using AsffEdge.Control.Broker;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Tests.Commands;
using AsffEdge.Tests.Brokers;
using MQTTnet;

namespace AsffEdge.Fleet.Tests.Connection;

/// <summary>The tool at brokers that do not answer, take little, or are reached by a WebSocket.</summary>
[Trait("Category", "System")]
public sealed class FaultyBrokerTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task By_a_web_socket()
    {
        await using WebSocketMosquitto broker = new();
        await broker.StartAsync();

        FleetProgram.Outcome outcome = await FleetProgram.RunAsync(
            _home.Path,
            [
                "agents",
                "-b",
                $"127.0.0.1:{broker.Port}",
                "--transport",
                "websocket",
                "--path",
                "/mqtt",
            ]
        );

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
    }

    [Fact]
    public async Task One_that_says_nothing_is_given_ten_seconds()
    {
        await using FaultBroker broker = new(new BrokerScript { IsSilent = true });

        FleetProgram.Outcome outcome = await FleetProgram.RunAsync(
            _home.Path,
            ["agents", "-b", $"127.0.0.1:{broker.Port}"]
        );

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("no answer in 10 s (timed_out)", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x27, 0, 0, 0, 100 }, "it takes packets of at most 100 bytes")]
    [InlineData(new byte[] { 0x25, 0 }, "it keeps no retained messages")]
    public async Task One_that_cannot_take_a_document_is_named_as_the_cause(
        byte[] properties,
        string says
    )
    {
        await using FaultBroker broker = new(new BrokerScript { ConnectProperties = properties });

        CancellationToken ct = TestContext.Current.CancellationToken;
        await using FleetConnection connection = await FleetConnection.ConnectAsync(
            new BrokerOptions { Host = "127.0.0.1", Port = broker.Port },
            _ => { },
            TimeProvider.System,
            ct
        );

        FleetException error = await Assert.ThrowsAsync<FleetException>(() =>
            connection.PublishAsync(
                new MqttApplicationMessage
                {
                    Topic = connection.Topics.Desired("gate-07"),
                    PayloadSegment = new byte[100],
                    Retain = true,
                },
                ct
            )
        );

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Empty(broker.Messages);
    }
}
