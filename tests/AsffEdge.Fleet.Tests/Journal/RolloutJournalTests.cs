using AsffEdge.Fleet.Journal;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.Journal;

/// <summary>The journal's file.</summary>
public sealed class RolloutJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_added_is_read_again_in_order()
    {
        RolloutJournal journal = New();
        journal.Append(Started("one"));
        journal.Append(Ended("one"));

        List<int> unreadable = [];
        IReadOnlyList<JournalLine> lines = New().Read(unreadable);

        Assert.Empty(unreadable);
        RolloutStarted started = Assert.IsType<RolloutStarted>(lines[0]);
        Assert.Equal(
            ("one", FleetMessages.Now, "ops@hq", 43),
            (started.Id, started.Ts, started.By, started.Revs.Of("gate-08"))
        );
        RolloutEnded ended = Assert.IsType<RolloutEnded>(lines[1]);
        Assert.Equal(
            new JournalAgent("gate-08", AgentOutcome.Rejected, ResultCode.BadSize, "too \"large\""),
            Assert.Single(ended.Others)
        );
    }

    [Fact]
    public void A_journal_that_is_not_there_is_empty()
    {
        Assert.Empty(New().Read([]));
    }

    [Fact]
    public void A_line_torn_by_a_power_cut_costs_no_other_line_at_any_byte() =>
        Laws.Hold(random =>
        {
            using TemporaryFolder folder = new();
            string path = Path.Combine(folder.Path, "rollouts.jsonl");
            RolloutJournal journal = new(path);
            journal.Append(Started("one"));
            long whole = new FileInfo(path).Length;
            journal.Append(Ended("one"));
            long end = new FileInfo(path).Length;
            long torn = random.NextInt64(whole, end);
            using (FileStream file = new(path, FileMode.Open))
            {
                file.SetLength(torn);
            }

            journal.Append(Started("two"));

            List<int> unreadable = [];
            IReadOnlyList<JournalLine> lines = journal.Read(unreadable);
            Assert.Equal("one", lines[0].Id);
            Assert.Equal("two", lines[^1].Id);
            bool isOnlyTheNewLineMissing = torn == end - 1;
            Assert.Equal(isOnlyTheNewLineMissing ? 3 : 2, lines.Count);
            Assert.Equal(isOnlyTheNewLineMissing || torn == whole ? [] : [2], unreadable);
        });

    [Fact]
    public void Several_tools_at_once_lose_nothing()
    {
        Parallel.For(0, 40, number => New().Append(Started($"{number}")));

        List<int> unreadable = [];
        IReadOnlyList<JournalLine> lines = New().Read(unreadable);

        Assert.Empty(unreadable);
        Assert.Equal(
            Enumerable.Range(0, 40).Select(number => $"{number}").Order(),
            lines.Select(line => line.Id).Order()
        );
    }

    [Fact]
    public void Lines_of_a_later_version_are_passed_over_and_counted()
    {
        New().Append(Started("one"));
        File.AppendAllText(
            Path.Combine(_folder.Path, "state", "rollouts.jsonl"),
            "{\"event\":\"praised\",\"id\":\"one\"}\nnonsense\n"
        );

        List<int> unreadable = [];
        Assert.Single(New().Read(unreadable));
        Assert.Equal([2, 3], unreadable);
    }

    internal static RolloutStarted Started(string id) =>
        new(id, FleetMessages.Now)
        {
            Broker = "hub:1883/asff-edge/v1",
            By = "ops@hq",
            Profile = "fast",
            Agents = ["gate-07", "gate-08", "gate-09"],
            Waves = [1, 2],
            Revs = JournalRevisions.Of([("gate-07", 42), ("gate-08", 43), ("gate-09", 42)]),
        };

    internal static RolloutEnded Ended(string id) =>
        new(id, FleetMessages.Now.AddMinutes(1))
        {
            End = RolloutEnd.Incomplete,
            Done = ["gate-07", "gate-09"],
            Others =
            [
                new JournalAgent(
                    "gate-08",
                    AgentOutcome.Rejected,
                    ResultCode.BadSize,
                    "too \"large\""
                ),
            ],
        };

    private RolloutJournal New() => new(Path.Combine(_folder.Path, "state", "rollouts.jsonl"));
}
