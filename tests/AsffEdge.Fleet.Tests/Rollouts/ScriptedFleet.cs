using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using Microsoft.Extensions.Time.Testing;
using MQTTnet;

namespace AsffEdge.Fleet.Tests.Rollouts;

/// <summary>Agents that say what a test has them say, without a broker.</summary>
internal sealed class ScriptedFleet
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<Order> _published = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(FleetMessages.Now));

    public FleetState State { get; } = new(FleetMessages.Topics);

    /// <summary>What happens when a document is published; may throw.</summary>
    public Func<Order, Task> OnPublish { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<Order> Published => [.. _published];

    public IEnumerable<string> Told => _published.Select(order => order.Name);

    /// <summary>Agents <c>a-0</c>, <c>a-1</c> and so on, all online and all in the group <c>gates</c>.</summary>
    public static ScriptedFleet Of(int agents)
    {
        ScriptedFleet fleet = new();
        for (int agent = 0; agent < agents; agent++)
        {
            fleet.Add($"a-{agent}");
        }

        return fleet;
    }

    public void Add(string agent, AgentState state = AgentState.Online, params string[] groups)
    {
        MessageJson json = MessageJson.Wire;
        Say(agent, state);
        Take(
            FleetMessages.Topics.Info(agent),
            FleetMessages.Info(agent, groups.Length > 0 ? groups : ["gates"]),
            json.InfoMessage
        );
        Take(FleetMessages.Topics.Reported(agent), FleetMessages.Reported(), json.ReportedDocument);
    }

    public void Say(string agent, AgentState state) =>
        Take(
            FleetMessages.Topics.Status(agent),
            FleetMessages.Status(state),
            MessageJson.Wire.StatusMessage
        );

    public void Say(
        string agent,
        Order order,
        ReportedState state,
        ResultCode code = ResultCode.Ok
    ) => Say(agent, order.Source, order.Document.Rev, state, code);

    public void Say(
        string agent,
        string source,
        long rev,
        ReportedState state,
        ResultCode code = ResultCode.Ok,
        string profile = "fast"
    )
    {
        bool isHeld = state != ReportedState.Rejected;
        Take(
            FleetMessages.Topics.Reported(agent),
            FleetMessages.Reported(profile, rev) with
            {
                Source = source,
                Sources = new Dictionary<string, ReportedSource>
                {
                    [source] = new(state, code)
                    {
                        RevSeen = rev,
                        Rev = isHeld ? rev : null,
                        Detail = code == ResultCode.Ok ? null : "because",
                    },
                },
            },
            MessageJson.Wire.ReportedDocument
        );
    }

    public void Desire(string agent, DesiredDocument document) =>
        Take(FleetMessages.Topics.Desired(agent), document, MessageJson.Wire.DesiredDocument);

    public void DesireOfGroup(string group, DesiredDocument document) =>
        Take(FleetMessages.Topics.GroupDesired(group), document, MessageJson.Wire.DesiredDocument);

    public RolloutPlan Plan(TargetChoice choice, ProfileChange change, string? waves = null) =>
        new RolloutPlanner(State.Agents, State.Groups).Plan(
            choice,
            change,
            waves is null ? null : WaveSizes.Parse(waves),
            "ops@hq",
            Time.GetUtcNow().UtcDateTime
        );

    public Rollout Start(RolloutPlan plan, int maxFailures = 0, bool undo = false) =>
        new(
            plan,
            new RolloutOptions(TimeSpan.FromSeconds(60), maxFailures, undo),
            State,
            (order, ct) =>
            {
                _published.Enqueue(order);
                return OnPublish(order).WaitAsync(ct);
            },
            Time
        );

    /// <summary>Every agent answers at once that it is <paramref name="state"/>.</summary>
    public void AnswerAll(ReportedState state) =>
        OnPublish = order =>
        {
            Say(order.Name, order, state);
            return Task.CompletedTask;
        };

    public static async Task Until(Func<bool> condition)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }

    private void Take<T>(string topic, T payload, JsonTypeInfo<T> type) =>
        State.Take(
            new MqttApplicationMessage
            {
                Topic = topic,
                PayloadSegment = JsonSerializer.SerializeToUtf8Bytes(payload, type),
            }
        );
}
