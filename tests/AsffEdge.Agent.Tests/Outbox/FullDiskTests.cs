using System.Runtime.Versioning;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Outbox;

namespace AsffEdge.Agent.Tests.Outbox;

/// <summary>A disk that is really full: a file system of eight megabytes.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class FullDiskTests : IDisposable
{
    private readonly SmallDisk _disk = new(megabytes: 8);

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void While_the_disk_is_full_messages_go_on_in_order_and_back_to_disk_when_there_is_room()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        using OutboxFixture fixture = new(new OutboxOptions { MaxMb = 64 }, _disk.Path);
        int last = Fill(fixture, until: () => fixture.Outbox.Status.Problem is not null);
        Assert.Contains("full", fixture.Outbox.Status.Problem);

        // What is on the disk can be sent, and what waits in memory after it.
        for (int more = 0; more < 20; more++)
        {
            last = fixture.Add(padding: 4000);
        }

        Assert.True(new DriveInfo(_disk.Path).AvailableFreeSpace > 1 << 20);

        Assert.Equal(Enumerable.Range(1, last), OutboxFixture.Waiting(fixture.Outbox));
        IReadOnlyList<OutboxMessage> sent = fixture.Outbox.Peek(100);
        fixture.Outbox.Acknowledge(sent[^1].Id);
        Assert.Equal(101, OutboxFixture.Number(fixture.Outbox.Peek(1)[0]));

        // Somebody makes room.
        _disk.Grow(64);
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        fixture.Outbox.Tidy();

        Assert.Null(fixture.Outbox.Status.Problem);
        Assert.Contains(fixture.Log.Lines, line => line.Contains("can be written again"));
        fixture.Reopen();
        Assert.Equal(Enumerable.Range(101, last - 100), OutboxFixture.Waiting(fixture.Outbox));
        Assert.Equal(0, fixture.Outbox.Status.Dropped);
    }

    [Fact]
    public void A_disk_that_it_filled_itself_is_emptied_by_what_the_broker_takes_without_anybody_making_room()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        using OutboxFixture fixture = new(new OutboxOptions { MaxMb = 64 }, _disk.Path);
        int last = Fill(fixture, until: () => fixture.Outbox.Status.Problem is not null);
        for (int more = 0; more < 20; more++)
        {
            last = fixture.Add(padding: 4000);
        }

        int taken = last / 2;
        fixture.Outbox.Acknowledge(fixture.Outbox.Peek(taken)[^1].Id);
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        fixture.Outbox.Tidy();

        Assert.Null(fixture.Outbox.Status.Problem);
        last = fixture.Add(padding: 4000);
        fixture.Reopen();
        Assert.Equal(
            Enumerable.Range(taken + 1, last - taken),
            OutboxFixture.Waiting(fixture.Outbox)
        );
        Assert.Equal(0, fixture.Outbox.Status.Dropped);
    }

    /// <summary>Memory holds 8 MiB: what comes after that would be lost while the disk has room for a part of it.</summary>
    [Fact]
    public void What_waits_in_memory_goes_to_disk_in_parts_where_there_is_no_room_for_all()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        _disk.Grow(24);
        _disk.Fill(leaveBytes: 8192);
        using OutboxFixture fixture = new(new OutboxOptions { MaxMb = 64 }, _disk.Path);
        int last = Fill(fixture, until: () => fixture.Outbox.Status.Bytes > 7 << 20);
        Assert.NotNull(fixture.Outbox.Status.Problem);

        // Less than twice what waits, which writing all of it at once would take.
        _disk.Free();
        _disk.Fill(leaveMb: 14);
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        last = Fill(fixture, until: () => fixture.Outbox.Status.Bytes > 10 << 20, most: 3000);

        Assert.Equal(0, fixture.Outbox.Status.Dropped);
        Assert.Equal(Enumerable.Range(1, last), OutboxFixture.Waiting(fixture.Outbox));
        _disk.Free();
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        fixture.Outbox.Tidy();
        Assert.Null(fixture.Outbox.Status.Problem);
        fixture.Reopen();
        Assert.Equal(Enumerable.Range(1, last), OutboxFixture.Waiting(fixture.Outbox));
    }

    [Fact]
    public void It_starts_on_a_full_disk_and_says_so()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        _disk.Fill(leaveBytes: 8192);
        using OutboxFixture fixture = new(path: _disk.Path);
        int last = Fill(fixture, until: () => fixture.Outbox.Status.Problem is not null);

        Assert.Equal(Enumerable.Range(1, last), OutboxFixture.Waiting(fixture.Outbox));
        Assert.Single(fixture.Log.Lines, line => line.Contains("cannot be written"));
        _disk.Free();
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        last = fixture.Add();
        fixture.Reopen();
        Assert.Equal(Enumerable.Range(1, last), OutboxFixture.Waiting(fixture.Outbox));
    }

    private static int Fill(OutboxFixture fixture, Func<bool> until, int most = 2000)
    {
        int last = 0;
        while (!until())
        {
            last = fixture.Add(padding: 4000);
            Assert.InRange(last, 1, most);
        }

        return last;
    }
}
