using AsffEdge.Fleet.Journal;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.Journal;

/// <summary>What journal and broker know together.</summary>
public sealed class HistoryTests
{
    private const string Broker = "hub:1883/asff-edge/v1";

    [Fact]
    public void A_roll_out_knows_how_it_ended_and_where_it_still_holds()
    {
        HistoryEntry entry = Assert.Single(
            Of(
                [RolloutJournalTests.Started("one"), RolloutJournalTests.Ended("one")],
                [Agent("gate-07", 42), Agent("gate-08", null), Agent("gate-09", 42)]
            )
        );

        Assert.Equal(("incomplete", 2), (entry.Outcome, entry.InForce));
        Assert.Equal(
            "done=2 rejected=1",
            string.Join(' ', entry.Counts!.Select(count => $"{count.Key}={count.Value}"))
        );
        Assert.Equal("gate-08", Assert.Single(entry.Others!).Agent);
    }

    [Fact]
    public void One_without_an_end_is_unfinished_and_other_brokers_are_left_out()
    {
        HistoryEntry entry = Assert.Single(
            Of(
                [
                    RolloutJournalTests.Started("one"),
                    RolloutJournalTests.Started("two") with
                    {
                        Broker = "elsewhere:1883/asff-edge/v1",
                    },
                    RolloutJournalTests.Ended("two"),
                ],
                []
            )
        );

        Assert.Equal(("one", "unfinished"), (entry.Id, entry.Outcome));
    }

    [Fact]
    public void What_others_have_sent_is_known_from_the_broker()
    {
        DesiredDocument document = new()
        {
            Rev = 77,
            Profile = "max",
            By = "cron@hub",
            Issued = FleetMessages.Now.AddDays(1),
        };

        IReadOnlyList<HistoryEntry> entries = Of(
            [RolloutJournalTests.Started("one")],
            [
                Agent("gate-07", 77) with
                {
                    Desired = document,
                },
                Agent("gate-08", 43) with
                {
                    Desired = document with { },
                },
            ],
            new() { ["gates"] = document with { Rev = 78, By = null } }
        );

        Assert.Equal(
            ["ops@hq fast 1", "cron@hub max 1", "- max 0"],
            entries.Select(entry => $"{entry.By ?? "-"} {entry.Profile} {entry.InForce}")
        );
        Assert.Equal(["gate-07", "gate-08"], entries[1].Agents);
        Assert.Equal(["gates"], entries[2].Groups);
    }

    [Fact]
    public void A_document_that_only_the_agent_knows_is_shown_by_its_revision()
    {
        HistoryEntry entry = Assert.Single(Of([], [Agent("gate-07", 99)]));

        Assert.Equal((99, null, 1), (entry.Rev, entry.Profile, entry.InForce));
    }

    [Fact]
    public void An_undo_is_an_entry_of_its_own()
    {
        RolloutEnded ended = RolloutJournalTests.Ended("one") with
        {
            End = RolloutEnd.Undone,
            UndoRevs = JournalRevisions.Of([("gate-07", 44L), ("gate-08", 45L)]),
        };

        IReadOnlyList<HistoryEntry> entries = Of(
            [RolloutJournalTests.Started("one"), ended],
            [Agent("gate-07", 44), Agent("gate-08", 45)]
        );

        Assert.Equal([(false, 0), (true, 2)], entries.Select(entry => (entry.Undo, entry.InForce)));
    }

    private static IReadOnlyList<HistoryEntry> Of(
        JournalLine[] journal,
        FleetAgent[] fleet,
        Dictionary<string, DesiredDocument>? groups = null
    ) => History.Of(journal, Broker, fleet, groups ?? []);

    private static FleetAgent Agent(string id, long? rev) =>
        new(id) { Reported = FleetMessages.Reported("fast", rev) };
}
