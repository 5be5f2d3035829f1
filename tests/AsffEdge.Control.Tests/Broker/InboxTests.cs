using AsffEdge.Control.Broker;

namespace AsffEdge.Control.Tests.Broker;

public sealed class InboxTests
{
    [Fact]
    public void A_storm_of_small_messages_waits_whole_and_in_order()
    {
        Inbox inbox = new();
        for (int number = 0; number < Inbox.MostMessages; number++)
        {
            Assert.True(inbox.TryAdd(Message(number, 200)));
        }

        Assert.False(inbox.TryAdd(Message(-1, 200)));
        for (int number = 0; number < Inbox.MostMessages; number++)
        {
            Assert.True(inbox.TryRead(out InboundMessage? message));
            Assert.Equal(number, message.Received);
        }

        Assert.False(inbox.TryRead(out _));
    }

    [Fact]
    public async Task Large_messages_wait_up_to_a_number_of_bytes_and_room_comes_back()
    {
        Inbox inbox = new();
        const int Large = 128 * 1024;
        for (int round = 0; round < 3; round++)
        {
            int taken = 0;
            while (inbox.TryAdd(Message(0, Large)))
            {
                taken++;
            }

            Assert.Equal(Inbox.MostBytes / Large, taken);
            for (int read = 0; read < taken; read++)
            {
                await inbox.ReadAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    private static InboundMessage Message(long number, int bytes) =>
        new("x", new byte[bytes], false, null, null, number, null);
}
