using System.Runtime.Versioning;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Outbox;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Outbox;

/// <summary>A disk that fills up because of somebody else: what is left of it is for events.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class FreeSpaceFloorTests : IDisposable
{
    private readonly SmallDisk _disk = new(megabytes: 12);

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Below_the_floor_detections_go_and_events_stay_until_there_is_room_again()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        using OutboxFixture fixture = new(
            new OutboxOptions { MaxMb = 64, MinFreeMb = 6 },
            _disk.Path
        );
        fixture.Add(OutboxKind.Detections);
        fixture.Add();
        fixture.Add(OutboxKind.Detections);
        Assert.Equal([1, 2, 3], OutboxFixture.Waiting(fixture.Outbox));
        Assert.Empty(fixture.Degradations.Standing);

        _disk.Fill(leaveMb: 4);
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        fixture.Outbox.Tidy();
        fixture.Add(OutboxKind.Detections);
        fixture.Add();

        Assert.Equal([2, 5], OutboxFixture.Waiting(fixture.Outbox));
        Assert.Equal(3, fixture.Outbox.Status.Dropped);
        Assert.Null(fixture.Outbox.Status.Problem);
        Degradation found = Assert.Single(fixture.Degradations.Standing);
        Assert.Equal(HealthCode.DiskFloor, found.Code);
        Assert.Contains("mqtt.outbox.min_free_mb (6)", found.Detail, StringComparison.Ordinal);

        _disk.Free();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        fixture.Add(OutboxKind.Detections);

        Assert.Equal([2, 5, 6], OutboxFixture.Waiting(fixture.Outbox));
        Assert.Empty(fixture.Degradations.Standing);
        Assert.Single(fixture.Log.Lines, line => line.Contains("detections are no longer kept"));
        Assert.Single(fixture.Log.Lines, line => line.Contains("enough to keep detections"));
    }

    [Fact]
    public void Without_a_floor_detections_are_kept_while_there_is_any_room()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        using OutboxFixture fixture = new(
            new OutboxOptions { MaxMb = 64, MinFreeMb = 0 },
            _disk.Path
        );
        _disk.Fill(leaveMb: 4);

        fixture.Add(OutboxKind.Detections);

        Assert.Equal([1], OutboxFixture.Waiting(fixture.Outbox));
        Assert.Empty(fixture.Degradations.Standing);
    }

    [Fact]
    public void Memory_is_for_events_while_the_disk_takes_no_writes()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        using OutboxFixture fixture = new(
            new OutboxOptions { MaxMb = 64, MinFreeMb = 0 },
            _disk.Path
        );
        _disk.Fill(leaveMb: 0);
        int event1 = 0;
        while (fixture.Outbox.Status.Problem is null)
        {
            event1 = fixture.Add(padding: 4000);
        }

        fixture.Add(OutboxKind.Detections);
        int event2 = fixture.Add();

        Assert.Equal([event1, event2], OutboxFixture.Waiting(fixture.Outbox)[^2..]);
        Assert.Equal(1, fixture.Outbox.Status.Dropped);
    }
}
