using AsffEdge.Agent.Outbox;

namespace AsffEdge.Agent.Tests.Outbox;

/// <summary>Somebody removes the state directory under a running agent.</summary>
public sealed class RemovedFileTests
{
    [Fact]
    public void What_was_in_it_is_put_back_and_nothing_is_lost()
    {
        using TemporaryFolder place = new();
        string folder = Path.Combine(place.Path, "state");
        using OutboxFixture fixture = new(path: folder);
        int first = fixture.Add();
        fixture.Outbox.Append([
            OutboxFixture.NewEntry(OutboxKind.Event, 100) with
            {
                Track = "a-1",
            },
        ]);

        Directory.Delete(folder, recursive: true);
        int between = fixture.Add();
        fixture.Outbox.Tidy();
        int last = fixture.Add();

        Assert.Null(fixture.Outbox.Status.Problem);
        Assert.Contains(fixture.Log.Lines, line => line.Contains("was removed by somebody"));
        fixture.Crash(Path.Combine(place.Path, "after"));
        using DiskOutbox next = fixture.Open(Path.Combine(place.Path, "after"));
        Assert.Equal([first, 100, between, last], OutboxFixture.Waiting(next));
        Assert.Equal("a-1", Assert.Single(next.OpenTracks()).Track);
        Assert.Equal(
            ["outbox.db", "outbox.db-wal"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order()
        );
    }

    [Fact]
    public void While_it_cannot_be_put_back_messages_go_on_and_the_problem_is_told()
    {
        using TemporaryFolder place = new();
        string folder = Path.Combine(place.Path, "state");
        using OutboxFixture fixture = new(path: folder);
        fixture.Add();
        Directory.Delete(folder, recursive: true);
        File.WriteAllText(folder, "in the way");

        fixture.Outbox.Tidy();
        fixture.Add();
        fixture.Outbox.Tidy();
        Assert.Contains("removed", fixture.Outbox.Status.Problem, StringComparison.Ordinal);
        Assert.Equal([1, 2], OutboxFixture.Waiting(fixture.Outbox));
        Assert.Single(fixture.Log.Lines, line => line.Contains("cannot be written"));

        File.Delete(folder);
        fixture.Outbox.Tidy();
        Assert.Null(fixture.Outbox.Status.Problem);
        fixture.Reopen();
        Assert.Equal([1, 2], OutboxFixture.Waiting(fixture.Outbox));
    }
}
