using System.Text.Json;
using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>Makes a plan of a change: who is told what, and when. Sends nothing.</summary>
internal sealed class RolloutPlanner(
    IReadOnlyList<FleetAgent> fleet,
    IReadOnlyDictionary<string, DesiredDocument> groups
)
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];

    /// <summary>The plan.</summary>
    /// <param name="choice">Whom to tell.</param>
    /// <param name="change">What to tell them.</param>
    /// <param name="waves">How to go about it, which takes a document for each agent; null: all at once, groups by their own document.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="now">The time, UTC.</param>
    /// <exception cref="ConfigurationException">It cannot be meant so; the message lists every problem.</exception>
    public RolloutPlan Plan(
        TargetChoice choice,
        ProfileChange change,
        WaveSizes? waves,
        string by,
        DateTime now
    )
    {
        DesiredDocument head = new()
        {
            Rev = new DateTimeOffset(now).ToUnixTimeSeconds(),
            Issued = now,
            By = by,
            Profile = change.Profile,
        };
        IReadOnlyList<FleetAgent> agents = WithCameras(choice.Find(fleet, _problems), change);
        bool byGroup = choice.IsGroupsOnly && waves is null;
        IReadOnlyList<Wave> planned =
            _problems.Count > 0 ? []
            : byGroup ? [PlanGroups(choice.Groups, agents, change, head)]
            : PlanAgents(agents, change, waves ?? WaveSizes.AllAtOnce, head);
        if (_problems.Count == 0)
        {
            CheckProfiles(agents, change, planned);
        }

        return _problems.Count == 0
            ? new RolloutPlan(change, head, planned, _warnings)
            : throw new ConfigurationException(_problems);
    }

    private static HashSet<string>? CamerasOf(FleetAgent agent) =>
        agent.Info is { } info
            ? [.. info.Cameras.Select(camera => camera.Id)]
            : agent.Reported?.Cameras.Keys.ToHashSet(StringComparer.Ordinal);

    // Cameras are named to say which; agents without any of them are not meant.
    private IReadOnlyList<FleetAgent> WithCameras(
        IReadOnlyList<FleetAgent> agents,
        ProfileChange change
    )
    {
        string[] named = [.. change.Only, .. change.Cameras.Keys];
        if (named.Length == 0 || agents.Count == 0)
        {
            return agents;
        }

        HashSet<string> all = [.. agents.SelectMany(agent => CamerasOf(agent) ?? [])];
        bool isAnyUnknown = agents.Any(agent => CamerasOf(agent) is null);
        foreach (string camera in named.Where(camera => !isAnyUnknown && !all.Contains(camera)))
        {
            _problems.Add(
                $"--camera names '{camera}', which none of these agents has"
                    + (
                        NearestName.Find(camera, all) is { } nearest
                            ? $"; did you mean '{nearest}'?"
                            : ""
                    )
            );
        }

        if (change.Only.Count == 0)
        {
            return agents;
        }

        ILookup<bool, FleetAgent> byCamera = agents.ToLookup(agent =>
            CamerasOf(agent)?.Overlaps(named) ?? true
        );
        Warn(
            byCamera[false],
            "has none of these cameras and stays as it is",
            "have none of these cameras and stay as they are"
        );
        return [.. byCamera[true]];
    }

    private List<Wave> PlanAgents(
        IReadOnlyList<FleetAgent> agents,
        ProfileChange change,
        WaveSizes waves,
        DesiredDocument head
    )
    {
        Order[] orders = [.. agents.Select(agent => PlanAgent(agent, change, head))];
        List<Wave> planned = [];
        int next = 0;
        foreach (int size in waves.Of(orders.Length))
        {
            Order[] wave = orders[next..(next + size)];
            planned.Add(new Wave(wave, [.. wave.Select(order => new Target(order.Name, order))]));
            next += size;
        }

        return planned;
    }

    private Order PlanAgent(FleetAgent agent, ProfileChange change, DesiredDocument head)
    {
        HashSet<string>? cameras = CamerasOf(agent);
        DesiredDocument? basis = AgentDocuments.InForce(agent, groups);
        if (basis is null && change.Only.Count > 0)
        {
            basis = agent.Reported is { } reported ? AgentDocuments.OfRunning(reported) : null;
            if (basis is null)
            {
                _problems.Add(
                    $"{agent.Id} has not reported what its cameras run, so one of them alone cannot be changed; name a profile for all"
                );
                basis = head;
            }
        }

        DesiredDocument document = change.ApplyTo(
            basis,
            camera => cameras?.Contains(camera) ?? true,
            head with
            {
                Rev = Math.Max(head.Rev, AgentDocuments.LastRev(agent) + 1),
            }
        );
        return Checked(new Order(agent.Id, IsGroup: false, document, AgentDocuments.Own(agent)));
    }

    private Wave PlanGroups(
        IReadOnlyList<string> names,
        IReadOnlyList<FleetAgent> agents,
        ProfileChange change,
        DesiredDocument head
    )
    {
        Dictionary<string, Order> orders = names
            .Distinct()
            .ToDictionary(
                name => name,
                name => PlanGroup(name, agents, change, head),
                StringComparer.Ordinal
            );
        Target[] targets =
        [
            .. agents.Select(agent => new Target(
                agent.Id,
                orders[agent.Groups.First(orders.ContainsKey)]
            )),
        ];
        if (!change.IsInherit)
        {
            Warn(
                agents.Where(agent => AgentDocuments.Own(agent) is not null),
                "has a document of its own, which is stronger than the group's",
                "have documents of their own, which are stronger than the group's"
            );
        }

        return new Wave([.. orders.Values], targets);
    }

    private Order PlanGroup(
        string group,
        IReadOnlyList<FleetAgent> agents,
        ProfileChange change,
        DesiredDocument head
    )
    {
        DesiredDocument? held = groups.GetValueOrDefault(group);
        DesiredDocument? basis = AgentDocuments.Asking(held);
        if (basis is null && change.Only.Count > 0)
        {
            _problems.Add(
                $"--group {group}: the group has no document yet in which a camera could be changed; with --wave 100% each agent is told by itself"
            );
            basis = head;
        }

        long last = AgentDocuments.LastRev(
            group,
            held,
            agents.Where(agent => agent.Groups.Contains(group))
        );
        DesiredDocument document = change.ApplyTo(
            basis,
            _ => true,
            head with
            {
                Rev = Math.Max(head.Rev, last + 1),
            }
        );
        return Checked(new Order(group, IsGroup: true, document, AgentDocuments.Asking(held)));
    }

    // What agents would refuse unread is not worth sending.
    private Order Checked(Order order)
    {
        try
        {
            DesiredDocumentReader.Read(
                JsonSerializer.SerializeToUtf8Bytes(
                    order.Document,
                    MessageJson.Wire.DesiredDocument
                )
            );
        }
        catch (DocumentRejectedException error)
        {
            _problems.Add($"the document for {order.Name}: {error.Message}");
        }

        return order;
    }

    private void CheckProfiles(
        IReadOnlyList<FleetAgent> agents,
        ProfileChange change,
        IReadOnlyList<Wave> waves
    )
    {
        Dictionary<string, DesiredDocument> documents = waves
            .SelectMany(wave => wave.Targets)
            .ToDictionary(
                target => target.Agent,
                target => target.Order.Document,
                StringComparer.Ordinal
            );
        IEnumerable<string> names = change
            .Cameras.Values.Append(change.Profile)
            .Where(name => !ReservedProfile.Is(name))
            .Distinct();
        foreach (string name in names)
        {
            FleetAgent[] ignorant =
            [
                .. agents.Where(agent =>
                    agent.Info is { } info
                    && !info.Profiles.ContainsKey(name)
                    && documents[agent.Id].Profiles?.ContainsKey(name) != true
                ),
            ];
            if (ignorant.Length < agents.Count || agents.Count == 0)
            {
                Warn(
                    ignorant,
                    $"has no profile '{name}' and will refuse it",
                    $"have no profile '{name}' and will refuse it"
                );
                continue;
            }

            string[] known =
            [
                .. agents.SelectMany(agent => agent.Info!.Profiles.Keys).Distinct().Order(),
                ReservedProfile.Auto,
            ];
            _problems.Add(
                $"'{name}' is a profile of none of these agents{NearestName.Hint(name, known)}"
            );
        }
    }

    private void Warn(IEnumerable<FleetAgent> agents, string one, string many)
    {
        string[] ids = [.. agents.Select(agent => agent.Id)];
        if (ids.Length > 0)
        {
            _warnings.Add($"{AgentText.Some(ids)} {(ids.Length == 1 ? one : many)}");
        }
    }
}
