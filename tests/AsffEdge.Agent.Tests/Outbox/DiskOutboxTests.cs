using System.Text;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Outbox;
using Microsoft.Data.Sqlite;

namespace AsffEdge.Agent.Tests.Outbox;

public sealed class DiskOutboxTests
{
    [Fact]
    public void What_was_written_waits_in_order_until_it_is_acknowledged()
    {
        using OutboxFixture fixture = new();
        for (int number = 1; number <= 10; number++)
        {
            fixture.Add();
        }

        IReadOnlyList<OutboxMessage> first = fixture.Outbox.Peek(4);
        Assert.Equal([1, 2, 3, 4], first.Select(OutboxFixture.Number));
        Assert.Equal([1, 2, 3, 4], fixture.Outbox.Peek(4).Select(OutboxFixture.Number));
        fixture.Outbox.Acknowledge(first[2].Id);

        Assert.Equal([4, 5], fixture.Outbox.Peek(2).Select(OutboxFixture.Number));
        fixture.Outbox.Tidy();
        Assert.Equal(7, fixture.Outbox.Status.Depth);
        fixture.Reopen();
        Assert.Equal([4, 5, 6, 7, 8, 9, 10], OutboxFixture.Waiting(fixture.Outbox));
        Assert.All(fixture.Outbox.Peek(10), message => Assert.True(fixture.Outbox.IsLate(message)));
    }

    [Fact]
    public void What_the_broker_has_does_not_wait_though_it_is_on_disk_for_a_second_more()
    {
        using OutboxFixture fixture = new();
        for (int number = 1; number <= 10; number++)
        {
            fixture.Add();
            fixture.Time.Advance(TimeSpan.FromMilliseconds(50));
        }

        fixture.Outbox.Acknowledge(fixture.Outbox.Peek(8)[0].Id); // and is removed: the first for a long time
        foreach (OutboxMessage message in fixture.Outbox.Peek(7))
        {
            fixture.Outbox.Acknowledge(message.Id);
        }

        OutboxStatus status = fixture.Outbox.Status;
        Assert.Equal((2, TimeSpan.FromMilliseconds(100)), (status.Depth, status.OldestAge));
        using TemporaryFolder copy = new();
        fixture.Crash(copy.Path);
        using DiskOutbox crashed = fixture.Open(copy.Path);
        Assert.Equal(9, crashed.Status.Depth);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_nothing_is_lost_or_out_of_order_and_a_crash_repeats_only_what_was_just_acknowledged(
        int seed
    )
    {
        Random random = new(seed);
        using OutboxFixture fixture = new();
        int written = 0;
        int acknowledged = 0;
        for (int step = 0; step < 400; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    for (int i = random.Next(1, 20); i > 0; i--)
                    {
                        written = fixture.Add();
                    }

                    break;
                case 2 or 3:
                    IReadOnlyList<OutboxMessage> some = fixture.Outbox.Peek(random.Next(1, 20));
                    int good = random.Next(some.Count + 1);
                    if (good > 0)
                    {
                        fixture.Outbox.Acknowledge(some[good - 1].Id);
                        acknowledged = OutboxFixture.Number(some[good - 1]);
                    }

                    break;
                case 4:
                    fixture.Time.Advance(TimeSpan.FromSeconds(random.NextDouble()));
                    break;
                default:
                    if (random.Next(3) == 0)
                    {
                        fixture.Outbox.Tidy();
                    }
                    else if (random.Next(3) == 0)
                    {
                        fixture.Reopen();
                    }

                    break;
            }

            Assert.Equal(
                Enumerable.Range(acknowledged + 1, written - acknowledged),
                OutboxFixture.Waiting(fixture.Outbox)
            );
            Assert.Equal(written - acknowledged, fixture.Outbox.Status.Depth);
        }

        using TemporaryFolder crashed = new();
        fixture.Crash(crashed.Path);
        using DiskOutbox after = fixture.Open(crashed.Path);
        List<int> waiting = OutboxFixture.Waiting(after);
        Assert.True(written > 500);
        Assert.InRange(waiting[0], 1, acknowledged + 1);
        Assert.Equal(Enumerable.Range(waiting[0], written - waiting[0] + 1), waiting);
    }

    [Fact]
    public void When_it_is_full_the_oldest_go_detections_before_events_and_they_are_counted()
    {
        using OutboxFixture fixture = new(new OutboxOptions { MaxMb = 1 });
        List<int> events = [];
        List<int> detections = [];
        for (int i = 0; i < 100; i++)
        {
            events.Add(fixture.Add(OutboxKind.Event, 4000));
            detections.Add(fixture.Add(OutboxKind.Detections, 4000));
        }

        // 200 × 4 kB are room enough; from here on something must go.
        for (int i = 0; i < 150; i++)
        {
            events.Add(fixture.Add(OutboxKind.Event, 4000));
        }

        List<int> waiting = OutboxFixture.Waiting(fixture.Outbox);
        Assert.Equal(events[^waiting.Count(events.Contains)..], waiting.Where(events.Contains));
        Assert.Equal(250, waiting.Count(events.Contains));
        Assert.InRange(waiting.Count(detections.Contains), 0, 10);
        Assert.Equal(350 - waiting.Count, fixture.Outbox.Status.Dropped);

        for (int i = 0; i < 300; i++)
        {
            events.Add(fixture.Add(OutboxKind.Event, 4000));
        }

        waiting = OutboxFixture.Waiting(fixture.Outbox);
        Assert.Equal(events[^waiting.Count..], waiting);
        Assert.InRange(waiting.Count, 240, 262);
        Assert.Equal(650 - waiting.Count, fixture.Outbox.Status.Dropped);
        Assert.Contains(fixture.Log.Lines, line => line.Contains("is full"));
        Assert.InRange(fixture.Log.Lines.Count, 1, 12);
    }

    [Fact]
    public void What_is_too_old_goes_and_time_without_an_agent_does_not_count()
    {
        using OutboxFixture fixture = new(new OutboxOptions { MaxAgeH = 1 });
        fixture.Add();
        fixture.Time.Advance(TimeSpan.FromMinutes(40));
        fixture.Add();
        Assert.Equal(TimeSpan.FromMinutes(40), fixture.Outbox.Status.OldestAge);
        // Off for a year, or a host whose clock was a year behind.
        fixture.Reopen(() => fixture.Time.Advance(TimeSpan.FromDays(365)));
        Assert.Equal(TimeSpan.FromMinutes(40), fixture.Outbox.Status.OldestAge);

        fixture.Time.Advance(TimeSpan.FromMinutes(30));
        fixture.Outbox.Tidy();

        Assert.Equal([2], OutboxFixture.Waiting(fixture.Outbox));
        Assert.Equal(1, fixture.Outbox.Status.Dropped);
    }

    [Fact]
    public void A_message_is_late_after_five_seconds()
    {
        using OutboxFixture fixture = new();
        fixture.Add();
        Assert.False(fixture.Outbox.IsLate(fixture.Outbox.Peek(1)[0]));

        fixture.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.True(fixture.Outbox.IsLate(fixture.Outbox.Peek(1)[0]));
    }

    [Fact]
    public void It_knows_the_tracks_that_a_process_left_open_with_their_last_event()
    {
        using OutboxFixture fixture = new();
        fixture.Outbox.Append([
            Event("a", "1"),
            Event("b", "2"),
            Event("a", "3"),
            Event("b", "4", ends: true),
            Event("c", "5"),
        ]);
        fixture.Outbox.RememberCount("counts/person");
        fixture.Outbox.RememberCount("counts/person");

        fixture.Reopen();

        Assert.Equal(
            [("a", "3"), ("c", "5")],
            fixture
                .Outbox.OpenTracks()
                .Select(open => (open.Track, Encoding.UTF8.GetString(open.LastEvent)))
                .Order()
        );
        Assert.Equal(["counts/person"], fixture.Outbox.Counts());
        fixture.Outbox.Forget("c");
        fixture.Reopen();
        Assert.Equal(["a"], fixture.Outbox.OpenTracks().Select(open => open.Track));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("empty pages")]
    [InlineData("truncated")]
    [InlineData("header")]
    [InlineData("other version")]
    [InlineData("no table")]
    public void A_file_that_cannot_be_used_is_set_aside_and_a_new_one_begun(string damage)
    {
        using OutboxFixture fixture = new();
        for (int number = 1; number <= 50; number++)
        {
            fixture.Add(OutboxKind.Event, 2000);
        }

        fixture.Reopen(() => Damage(fixture.File, damage));

        Assert.Null(fixture.Outbox.Status.Problem);
        Assert.Equal(0, fixture.Outbox.Status.Depth);
        Assert.True(File.Exists(fixture.File + ".damaged"));
        Assert.Contains(
            fixture.Log.Lines,
            line => line.Contains("cannot be used") && line.Contains(fixture.File + ".damaged")
        );
        int next = fixture.Add();
        fixture.Reopen();
        Assert.Equal([next], OutboxFixture.Waiting(fixture.Outbox));
        // A second time: only the newest damaged file is kept.
        fixture.Reopen(() => Damage(fixture.File, damage));
        Assert.Equal(0, fixture.Outbox.Status.Depth);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(fixture.File)!, "*.damaged"));
    }

    [Fact]
    public void Whatever_bit_is_flipped_what_comes_out_is_what_went_in()
    {
        Random random = new(9);
        int lost = 0;
        for (int round = 0; round < 60; round++)
        {
            using OutboxFixture fixture = new();
            for (int number = 1; number <= 20; number++)
            {
                fixture.Add(OutboxKind.Event, 400);
            }

            fixture.Reopen(() => Flip(fixture.File, random));

            List<int> before = OutboxFixture.Waiting(fixture.Outbox);
            Assert.All(before, number => Assert.InRange(number, 1, 20));
            Assert.Equal(before.Distinct().Order(), before);
            lost += before.Count < 20 ? 1 : 0;
            int next = fixture.Add();
            Assert.Equal(next, OutboxFixture.Waiting(fixture.Outbox)[^1]);
            Assert.Null(fixture.Outbox.Status.Problem);
        }

        Assert.True(lost > 0, "no flip did any harm");
    }

    [Fact]
    public void Messages_of_another_agent_are_set_aside()
    {
        using OutboxFixture fixture = new();
        fixture.Add();
        fixture.Outbox.Dispose();

        using DiskOutbox other = fixture.Open(owner: "asff-edge/v1/gate-08");

        Assert.Equal(0, other.Status.Depth);
        Assert.Contains(
            fixture.Log.Lines,
            line =>
                line.Contains(
                    "it holds messages of asff-edge/v1/gate-07, not of asff-edge/v1/gate-08"
                )
        );
    }

    [Fact]
    public void While_the_file_cannot_be_opened_messages_wait_in_memory_behind_those_in_it()
    {
        using OutboxFixture fixture = new();
        fixture.Add();
        fixture.Add();
        fixture.Outbox.Append([Event("a", "3")]);
        fixture.Outbox.Dispose();
        string elsewhere = fixture.File + ".elsewhere";
        File.Move(fixture.File, elsewhere);
        Directory.CreateDirectory(fixture.File); // no file can be made there, not even by root
        using DiskOutbox outbox = fixture.Open();
        outbox.Append([OutboxFixture.NewEntry(OutboxKind.Event, 4)]);
        outbox.Append([OutboxFixture.NewEntry(OutboxKind.Event, 5)]);
        Assert.NotNull(outbox.Status.Problem);
        Assert.Equal([4, 5], OutboxFixture.Waiting(outbox));
        outbox.Acknowledge(outbox.Peek(1)[0].Id);

        Directory.Delete(fixture.File);
        File.Move(elsewhere, fixture.File);
        outbox.Tidy();
        Assert.NotNull(outbox.Status.Problem); // not tried again all the time
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        outbox.Tidy();

        Assert.Null(outbox.Status.Problem);
        Assert.Equal([1, 2, 3, 5], OutboxFixture.Waiting(outbox));
        Assert.Equal(["a"], outbox.OpenTracks().Select(open => open.Track));
        Assert.Contains(fixture.Log.Lines, line => line.Contains("can be written again"));
    }

    [Fact]
    public void In_memory_too_the_oldest_go_first()
    {
        using OutboxFixture fixture = new();
        fixture.Outbox.Dispose();
        File.Delete(fixture.File);
        Directory.CreateDirectory(fixture.File);
        using DiskOutbox outbox = fixture.Open();
        for (int number = 1; number <= 3000; number++)
        {
            outbox.Append([OutboxFixture.NewEntry(OutboxKind.Event, number, 4000)]);
        }

        List<int> waiting = OutboxFixture.Waiting(outbox);
        Assert.Equal(3000, waiting[^1]);
        Assert.InRange(waiting.Count, 2000, 2100);
        Assert.Equal(3000 - waiting.Count, outbox.Status.Dropped);
    }

    [Fact]
    public void A_second_process_does_not_send_the_messages_of_the_first()
    {
        using OutboxFixture fixture = new();
        fixture.Add();

        using DiskOutbox second = fixture.Open();

        Assert.Contains("locked", second.Status.Problem);
        Assert.Empty(second.Peek(10));
        Assert.Equal([1], OutboxFixture.Waiting(fixture.Outbox));
    }

    private static OutboxEntry Event(string track, string payload, bool ends = false) =>
        new(OutboxKind.Event, "t", Encoding.UTF8.GetBytes(payload))
        {
            Track = track,
            EndsTrack = ends,
        };

    private static void Damage(string file, string how)
    {
        byte[] content = File.ReadAllBytes(file);
        switch (how)
        {
            case "text":
                File.WriteAllText(file, "this is no database");
                break;
            case "empty pages":
                content.AsSpan(8192).Clear();
                File.WriteAllBytes(file, content);
                break;
            case "truncated":
                File.WriteAllBytes(file, content[..(content.Length / 2)]);
                break;
            case "header":
                content.AsSpan(0, 100).Fill(0xa5);
                File.WriteAllBytes(file, content);
                break;
            default:
                using (SqliteConnection connection = new($"Data Source={file};Pooling=False"))
                {
                    connection.Open();
                    using SqliteCommand command = connection.CreateCommand();
                    command.CommandText =
                        how == "other version" ? "PRAGMA user_version = 2" : "DROP TABLE messages";
                    command.ExecuteNonQuery();
                }

                break;
        }
    }

    private static void Flip(string file, Random random)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = random.NextInt64(stream.Length);
        int value = stream.ReadByte();
        stream.Position--;
        stream.WriteByte((byte)(value ^ (1 << random.Next(8))));
    }
}
