using System.Globalization;
using AsffEdge.Fleet.Output;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.State;

/// <summary>One thing about an agent that is not as it was; also a line of JSON.</summary>
/// <param name="Ts">When the tool saw it, UTC.</param>
/// <param name="Agent">The agent's id.</param>
/// <param name="Field"><c>state</c>, <c>boot</c>, <c>version</c>, <c>groups</c>, <c>model</c>, <c>source</c>, <c>rev</c>, <c>report</c>, or <c>cameras.ID.state</c>, <c>.profile</c>, <c>.size</c>.</param>
/// <param name="From">What it was; null: nothing was known.</param>
/// <param name="To">What it is; null: nothing is known any more.</param>
internal sealed record AgentChange(
    DateTime Ts,
    string Agent,
    string Field,
    string? From,
    string? To
)
{
    /// <summary>
    /// What has changed from one listing to a later one. Figures that move all the time, such as rates, are not changes.
    /// </summary>
    /// <param name="before">The agents then, by id.</param>
    /// <param name="after">The agents now, by id.</param>
    /// <param name="ts">The time to give to the changes, UTC.</param>
    public static IEnumerable<AgentChange> Between(
        IReadOnlyDictionary<string, FleetAgent> before,
        IReadOnlyDictionary<string, FleetAgent> after,
        DateTime ts
    )
    {
        foreach (string id in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            FleetAgent? then = before.GetValueOrDefault(id);
            FleetAgent? now = after.GetValueOrDefault(id);
            if (ReferenceEquals(then, now))
            {
                continue;
            }

            OrderedDictionary<string, string> old = Facts(then);
            OrderedDictionary<string, string> current = Facts(now);
            foreach (string field in current.Keys.Union(old.Keys))
            {
                string? from = old.GetValueOrDefault(field);
                string? to = current.GetValueOrDefault(field);
                if (from != to)
                {
                    yield return new AgentChange(ts, id, field, from, to);
                }
            }
        }
    }

    private static OrderedDictionary<string, string> Facts(FleetAgent? agent)
    {
        OrderedDictionary<string, string> facts = new(StringComparer.Ordinal);
        if (agent?.Status is { } status)
        {
            facts["state"] = ContractName.Of(status.State);
            facts["boot"] = status.Boot;
        }

        if (agent?.Info is { } info)
        {
            facts["version"] = info.Version;
            if (agent.Groups.Count > 0)
            {
                facts["groups"] = AgentText.Groups(agent);
            }

            facts["model"] = string.Join(
                ", ",
                info.Models.Select(model => $"{model.Name} {model.Version}")
            );
        }

        if (agent?.Reported is { } reported)
        {
            facts["source"] = reported.Source;
            if (reported.RevApplied is not null)
            {
                facts["rev"] = AgentText.Revision(agent);
            }

            facts["report"] = AgentText.Outcome(agent);
            foreach ((string id, ReportedCamera camera) in reported.Cameras)
            {
                facts[$"cameras.{id}.profile"] = camera.Profile;
                facts[$"cameras.{id}.size"] = camera.Size.ToString(CultureInfo.InvariantCulture);
            }
        }

        foreach ((string id, CameraStatusMessage camera) in agent?.Cameras ?? FleetAgent.NoCameras)
        {
            facts[$"cameras.{id}.state"] = camera.Reason is { } reason
                ? $"{camera.State} {reason}"
                : camera.State;
        }

        return facts;
    }
}
