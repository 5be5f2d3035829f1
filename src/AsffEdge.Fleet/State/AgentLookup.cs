using AsffEdge.Fleet.Connection;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.State;

/// <summary>Says which name was probably meant where the broker knows none such.</summary>
internal static class AgentLookup
{
    private const int MostListed = 10;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <summary>Why <paramref name="agent"/> is not to be found, with the nearest of the ids that are.</summary>
    public static async Task<FleetException> UnknownAsync(
        FleetConnection connection,
        string agent,
        CancellationToken ct
    )
    {
        FleetState all = await FleetLoader
            .LoadAsync(connection, [TopicKind.Status], "+", Within, _ => { }, ct)
            .ConfigureAwait(false);
        return Unknown(agent, "agent", [.. all.Agents.Select(known => known.Id)]);
    }

    /// <summary>Why <paramref name="name"/> is not to be found, with the nearest of <paramref name="known"/>, or all of them where they are few.</summary>
    public static FleetException Unknown(
        string name,
        string kind,
        IReadOnlyCollection<string> known
    )
    {
        string nearest = NearestName.Find(name, known) is { } found
            ? $"; did you mean '{found}'?"
            : "";
        string all =
            known.Count == 0 ? "; it knows none"
            : nearest.Length > 0 ? ""
            : known.Count <= MostListed ? $"; it knows {string.Join(", ", known)}"
            : $"; it knows {known.Count}, which 'asff-fleet agents' lists";
        return new FleetException($"'{name}' is no {kind} that the broker knows{nearest}{all}");
    }
}
