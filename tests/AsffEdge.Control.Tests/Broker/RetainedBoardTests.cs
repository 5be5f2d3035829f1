using AsffEdge.Control.Broker;

namespace AsffEdge.Control.Tests.Broker;

public sealed class RetainedBoardTests
{
    private readonly RetainedBoard _board = new();

    [Fact]
    public void Newer_content_replaces_older_that_was_not_published_yet()
    {
        _board.Set("a", [1]);
        _board.Set("b", [2]);
        _board.Set("a", [3]);

        Assert.Equal([("a", 3), ("b", 2)], TakeAll());
        Assert.Empty(TakeAll());
    }

    [Fact]
    public void After_a_connection_everything_is_published_again_in_the_order_it_first_came()
    {
        _board.Set("a", [1]);
        _board.Set("b", [2]);
        TakeAll();
        _board.Set("b", [4]);

        _board.RepublishAll();

        Assert.Equal([("a", 1), ("b", 4)], TakeAll());
    }

    [Fact]
    public async Task Whoever_waits_is_woken_by_a_change_however_many_there_were()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        _board.Set("a", [1]);
        _board.Set("a", [2]);

        await _board.WaitAsync(ct);

        ValueTask<bool> next = _board.WaitAsync(ct);
        Assert.False(next.IsCompleted);
        _board.Set("a", [3]);
        await next;
    }

    private List<(string, int)> TakeAll()
    {
        List<(string, int)> taken = [];
        while (_board.TryTake(out string? topic, out byte[]? payload))
        {
            taken.Add((topic, payload[0]));
        }

        return taken;
    }
}
