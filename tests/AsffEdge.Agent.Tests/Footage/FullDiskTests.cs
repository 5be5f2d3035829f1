using System.Runtime.Versioning;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Health;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Footage;

/// <summary>A disk that is really full: a file system of sixteen megabytes.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class FullDiskTests : IDisposable
{
    private readonly SmallDisk _disk = new(megabytes: 16);

    public void Dispose() => _disk.Dispose();

    [Fact]
    public async Task Below_its_floor_nothing_is_kept_and_above_it_is_again()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        await using WriterFixture fixture = new(
            WriterFixture.EveryFrame with
            {
                Budget = new() { MbPerDay = 1000, MinFreeMb = 8 },
            },
            _disk.Path
        );
        await fixture.StartAsync();
        using Mat picture = WriterFixture.Picture(1);
        await fixture.ShowAsync(picture);

        _disk.Fill(leaveMb: 5);
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await WriterFixture.UntilAsync(() => !fixture.Sink.IsOpen, "the floor is noticed");
        await WriterFixture.UntilAsync(
            () => fixture.Writer.Status.Problem is not null,
            "the floor is told"
        );
        Degradation found = Assert.Single(fixture.Degradations.Standing);
        Assert.Contains("footage.budget.min_free_mb (8)", found.Detail, StringComparison.Ordinal);
        Assert.Single(fixture.Frames);

        _disk.Free();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await WriterFixture.UntilAsync(() => fixture.Sink.IsOpen, "there is room again");
        Assert.Empty(fixture.Degradations.Standing);
    }

    [Fact]
    public async Task A_disk_that_is_full_to_the_last_byte_costs_frames_and_nothing_else()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        await using WriterFixture fixture = new(WriterFixture.EveryFrame, _disk.Path);
        await fixture.StartAsync();
        _disk.Fill(leaveBytes: 300_000);
        int shown = 0;
        for (; fixture.Writer.Status.Problem is null; shown++)
        {
            Assert.InRange(shown, 0, 50);
            using Mat picture = WriterFixture.Picture(shown, 640, 480);
            await fixture.ShowAsync(picture);
        }

        int kept = fixture.Frames.Count;
        Assert.InRange(kept, 1, shown - 1);
        Assert.Equal(
            kept,
            Directory.GetFiles(fixture.Writer.Root, "*.jpg*", SearchOption.AllDirectories).Length
        );

        _disk.Free();
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        await WriterFixture.UntilAsync(() => fixture.Sink.IsOpen, "there is room again");
        using Mat last = WriterFixture.Picture(100);
        await fixture.ShowAsync(last);
        Assert.Equal(kept + 1, fixture.Frames.Count);
        Assert.Null(fixture.Writer.Status.Problem);
    }
}
