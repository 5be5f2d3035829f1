using System.Text;
using System.Text.Json;
using AsffEdge.Fleet.Journal;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.State;
using AsffEdge.Fleet.Tests.Journal;
using AsffEdge.Fleet.Tests.Output;
using AsffEdge.Messaging;
using MQTTnet;

namespace AsffEdge.Fleet.Tests.State;

/// <summary>Whatever agents publish, and whatever the journal holds, it is shown or passed over, and never ends the tool.</summary>
public sealed class HostileAgentTests
{
    private const string Agent = "gate-07";
    private const string Desired =
        """{"v":1,"rev":42,"issued":"2026-11-23T05:00:00Z","by":"ops","profile":"fast","cameras":{"dock-1":{"profile":"max"}},"profiles":{"fast":{"size":320}},"policy":{"settle_s":30}}""";

    private const string Health =
        """{"v":1,"ts":"2026-11-23T05:00:00Z","boot":"9b1f6c","uptime_s":9,"state":"degraded","reasons":[{"code":"disk_floor","detail":"x","advice":"y","since":"2026-11-23T05:00:00Z"}],"memory_mb":200.5,"published":1,"dropped":0,"auto":{"profile":"fast","size":320,"code":"start","reason":"r","since":"2026-11-23T05:00:00Z"},"outbox":{"depth":3,"oldest_age_s":2,"dropped":0,"problem":"p"},"cameras":{"dock-1":{"state":"online","fps":5,"skipped":0,"reconnects":0,"latency_ms_p50":1,"latency_ms_p95":2}}}""";

    private static readonly string[] Tokens =
    [
        "null",
        "[null]",
        "{}",
        "[]",
        "\"\"",
        "-1",
        "1e999",
        "[bold]",
        "[/]",
        "\\u001b[31m",
        "\\ud800",
        ",",
        ":",
        "\"",
        "99999999999999999999",
    ];

    [Fact]
    public void Damaged_messages_of_agents_are_shown_or_passed_over()
    {
        Random random = new(20261126);
        MessageJson json = MessageJson.Wire;
        (string Topic, byte[] Seed)[] seeds =
        [
            (Topics.Status(Agent), Bytes(FleetMessages.Status(), json.StatusMessage)),
            (Topics.Info(Agent), Bytes(FleetMessages.Info(Agent, "gates"), json.InfoMessage)),
            (
                Topics.Reported(Agent),
                Bytes(FleetMessages.Reported("fast", 42), json.ReportedDocument)
            ),
            (
                Topics.CameraStatus(Agent, "dock-1"),
                Bytes(
                    new CameraStatusMessage("offline", "refused", "x", FleetMessages.Now),
                    json.CameraStatusMessage
                )
            ),
            (Topics.Desired(Agent), Encoding.UTF8.GetBytes(Desired)),
            (Topics.Health(Agent), Encoding.UTF8.GetBytes(Health)),
        ];
        FleetState sound = new(Topics);
        foreach ((string topic, byte[] seed) in seeds)
        {
            sound.Take(new MqttApplicationMessage { Topic = topic, PayloadSegment = seed });
        }

        Assert.Empty(sound.Unreadable);
        int taken = 0;
        int rounds = Fuzz.Rounds(1500);
        for (int round = 0; round < rounds; round++)
        {
            FleetState state = new(Topics);
            foreach ((string topic, byte[] seed) in seeds)
            {
                byte[] payload = random.Next(2) == 0 ? seed : Damaged(seed, random);
                state.Take(new MqttApplicationMessage { Topic = topic, PayloadSegment = payload });
            }

            taken += seeds.Length - state.Unreadable.Count;
            Show(state, state.Agents);
        }

        // What is damaged must often be noticed, and what is whole be taken, or this tests little.
        Assert.InRange(taken, rounds * seeds.Length * 2 / 5, (rounds * seeds.Length) - rounds);
    }

    [Fact]
    public void Damaged_lines_of_the_journal_are_read_or_counted()
    {
        Random random = new(20261127);
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "rollouts.jsonl");
        RolloutJournal journal = new(path);
        journal.Append(RolloutJournalTests.Started("one"));
        journal.Append(RolloutJournalTests.Ended("one"));
        byte[] sound = File.ReadAllBytes(path);
        int unread = 0;
        int rounds = Fuzz.Rounds(2000);
        for (int round = 0; round < rounds; round++)
        {
            File.WriteAllBytes(path, Damaged(sound, random));
            List<int> unreadable = [];
            IReadOnlyList<JournalLine> lines = journal.Read(unreadable);
            unread += unreadable.Count > 0 ? 1 : 0;
            IReadOnlyList<HistoryEntry> history = History.Of(
                lines,
                "hub:1883/asff-edge/v1",
                [],
                new Dictionary<string, DesiredDocument>()
            );
            Rendering.Lines(HistoryTable.Of(history, null, 100), 100);
        }

        Assert.InRange(unread, rounds / 4, rounds - 1);
    }

    private static Topics Topics => FleetMessages.Topics;

    private static void Show(FleetState state, IReadOnlyList<FleetAgent> agents)
    {
        Rendering.Lines(AgentTable.Of(agents, 100), 100);
        foreach (FleetAgent agent in agents)
        {
            Rendering.Lines(
                AgentPage.Of(agent, state.Groups, state.Unreadable, 100, FleetMessages.Now),
                100
            );
        }

        History.Of([], "hub:1883/asff-edge/v1", agents, state.Groups);
    }

    // A value in place of another, which is what a program that writes JSON gets wrong; or bytes, which is what a disk does.
    private static byte[] Damaged(byte[] seed, Random random)
    {
        if (random.Next(2) == 0)
        {
            return Fuzz.Damage(seed, random, Tokens);
        }

        string text = Encoding.UTF8.GetString(seed);
        int[] colons = [.. Enumerable.Range(0, text.Length).Where(at => text[at] == ':')];
        int from = colons[random.Next(colons.Length)] + 1;
        int to = text.IndexOfAny([',', '}', ']'], from);
        string value = Tokens[random.Next(Tokens.Length)];
        return Encoding.UTF8.GetBytes($"{text[..from]}{value}{text[Math.Max(to, from)..]}");
    }

    private static byte[] Bytes<T>(
        T message,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type
    ) => JsonSerializer.SerializeToUtf8Bytes(message, type);
}
