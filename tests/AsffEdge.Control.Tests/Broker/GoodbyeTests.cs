using System.Text.Json;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Control.Tests.Broker;

/// <summary>What is said at the end.</summary>
public sealed class GoodbyeTests
{
    private static readonly byte[] ReceiveMaximumOfOne = [0x21, 0, 1];

    [Fact]
    public async Task That_it_stops_is_said_also_when_the_end_comes_between_the_board_and_the_network()
    {
        using ManualResetEventSlim acknowledges = new(initialState: true);
        using CancellationTokenSource stopping = new();
        await using FaultBroker broker = new(
            new BrokerScript
            {
                ConnectProperties = ReceiveMaximumOfOne,
                Acknowledge = _ =>
                {
                    acknowledges.Wait(TimeSpan.FromSeconds(20));
                    return 0;
                },
            }
        );
        await using LinkUnderTest link = new(broker.Port, stopping: stopping.Token);
        await link.StartAsync();
        await FaultBroker.UntilAsync(() => !broker.Messages.IsEmpty, "the status");
        Assert.True(await PublishAsync(link));

        // While an acknowledgement is withheld the broker takes no other message, so the status gets as far as off the board.
        acknowledges.Reset();
        Task<bool> held = PublishAsync(link);
        await FaultBroker.UntilAsync(() => broker.Messages.Count == 3, "what is withheld");
        await stopping.CancelAsync();
        await FaultBroker.UntilAsync(() => IsTaken(link.Board), "the status is off the board");
        Task stopped = link.Link.StopAsync(CancellationToken.None);

        // So that the cancelled attempt is over before there is room for it; else the status comes twice, which is no harm and proves nothing.
        await Task.Delay(100, LinkUnderTest.Ct);
        acknowledges.Set();
        await stopped;

        Assert.True(await held);
        Assert.Equal(
            [AgentState.Online, AgentState.Stopping, AgentState.Offline],
            broker
                .Messages.Where(message =>
                    message.Topic.EndsWith("/status", StringComparison.Ordinal)
                )
                .Select(message =>
                    JsonSerializer
                        .Deserialize(message.Payload, MessageJson.Wire.StatusMessage)!
                        .State
                )
                .Distinct()
        );
    }

    private static Task<bool> PublishAsync(LinkUnderTest link) =>
        link.Link.TryPublishAsync(LinkUnderTest.Message("x"), LinkUnderTest.Ct).AsTask();

    // Whether the link has taken all that was on it; what is still there is put back.
    private static bool IsTaken(RetainedBoard board)
    {
        if (!board.TryTake(out string? topic, out byte[]? payload))
        {
            return true;
        }

        board.Set(topic, payload);
        return false;
    }
}
