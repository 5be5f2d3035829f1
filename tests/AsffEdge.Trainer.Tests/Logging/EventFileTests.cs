using AsffEdge.Trainer.Logging;
using AsffEdge.Trainer.Tests.Data;

namespace AsffEdge.Trainer.Tests.Logging;

/// <summary>Event files, read back by a reader of our own.</summary>
public sealed class EventFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Scalars_are_read_back()
    {
        using (var events = new EventFile(_folder.Path, TimeProvider.System))
        {
            events.Add(0, ("loss/total", 225.0142), ("train/size", 416));
            events.Add(5_000_000_000, ("loss/total", double.NaN));
        }

        IReadOnlyList<EventFileReader.Entry> read = EventFileReader.Read(Files().Single());
        Assert.Equal("brain.Event:2", read[0].Version);
        Assert.Equal(
            new Dictionary<string, float> { ["loss/total"] = 225.0142f, ["train/size"] = 416 },
            read[1].Scalars
        );
        Assert.Equal((0, 5_000_000_000), (read[1].Step, read[2].Step));
        Assert.True(float.IsNaN(read[2].Scalars["loss/total"]));
        double now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.All(read, entry => Assert.InRange(entry.WallTime, now - 60, now + 60));
    }

    [Fact]
    public void What_was_flushed_is_there_while_the_file_is_open()
    {
        using var events = new EventFile(_folder.Path, TimeProvider.System);
        events.Add(7, ("loss/total", 1));
        events.Flush();
        Assert.Equal([0, 7], EventFileReader.Read(events.Path).Select(entry => entry.Step));
    }

    [Fact]
    public void A_second_run_in_the_same_second_gets_a_file_of_its_own_that_sorts_after()
    {
        using var first = new EventFile(_folder.Path, TimeProvider.System);
        using var second = new EventFile(_folder.Path, TimeProvider.System);
        Assert.Equal([first.Path, second.Path], Files().Order(StringComparer.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private string[] Files() => Directory.GetFiles(_folder.Path, "events.out.tfevents.*");
}
