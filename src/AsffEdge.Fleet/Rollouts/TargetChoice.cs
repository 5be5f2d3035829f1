using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>Whom a manager means.</summary>
/// <param name="Agents">Agents by id, in this order.</param>
/// <param name="Groups">Everybody in these groups.</param>
/// <param name="All">Everybody.</param>
internal sealed record TargetChoice(
    IReadOnlyList<string> Agents,
    IReadOnlyList<string> Groups,
    bool All
)
{
    /// <summary>Whether whole groups are meant and nobody else, so that a group's one document can say it.</summary>
    public bool IsGroupsOnly => Groups.Count > 0 && Agents.Count == 0 && !All;

    /// <summary>
    /// The agents: first those named one by one, in the order given, then the others, those that are online first, by id. So a first wave of
    /// few is made of agents that can answer.
    /// </summary>
    /// <param name="known">All agents of the fleet.</param>
    /// <param name="problems">Takes a sentence for each name that nobody has.</param>
    public IReadOnlyList<FleetAgent> Find(IReadOnlyList<FleetAgent> known, List<string> problems)
    {
        Dictionary<string, FleetAgent> byId = known
            .Where(agent => agent.Status is not null || agent.Info is not null)
            .ToDictionary(agent => agent.Id, StringComparer.Ordinal);
        OrderedDictionary<string, FleetAgent> found = new(StringComparer.Ordinal);
        foreach (string id in Agents)
        {
            if (byId.TryGetValue(id, out FleetAgent? agent))
            {
                found[id] = agent;
            }
            else
            {
                problems.Add(Unknown("--agent", id, "agent", byId.Keys));
            }
        }

        HashSet<string> groups = [.. byId.Values.SelectMany(agent => agent.Groups)];
        problems.AddRange(
            Groups
                .Where(group => !groups.Contains(group))
                .Select(group => Unknown("--group", group, "group of an agent", groups))
        );
        IEnumerable<FleetAgent> others = byId
            .Values.Where(agent => All || agent.Groups.Any(Groups.Contains))
            .OrderByDescending(agent => agent.IsOnline)
            .ThenBy(agent => agent.Id, StringComparer.Ordinal);
        foreach (FleetAgent agent in others)
        {
            found.TryAdd(agent.Id, agent);
        }

        if (found.Count == 0 && problems.Count == 0)
        {
            problems.Add("the broker knows no agents");
        }

        return found.Values;
    }

    private static string Unknown(
        string option,
        string name,
        string what,
        IReadOnlyCollection<string> known
    ) =>
        $"{option} is '{name}', which is no {what}"
        + (
            NearestName.Find(name, known) is { } nearest
                ? $"; did you mean '{nearest}'?"
                : "; 'asff-fleet agents' lists them"
        );
}
