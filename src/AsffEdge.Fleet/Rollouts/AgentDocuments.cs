using AsffEdge.Control.Profiles;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>Finds out by which document an agent runs what it runs. The one that the broker retains need not be it: the agent may have refused it, given it up again or been told something newer by a command.</summary>
internal static class AgentDocuments
{
    /// <summary>What the agent's own document asks for; null: it has none, or one that asks for nothing.</summary>
    public static DesiredDocument? Own(FleetAgent agent) =>
        Stands(agent.Desired, agent.Reported, DocumentSource.Agent) ? Asking(agent.Desired)
        : agent.Reported is { Source: DocumentSource.Agent } reported ? OfRunning(reported)
        : null;

    /// <summary>What the document in force asks for, whosever it is; null: the agent's configuration holds.</summary>
    public static DesiredDocument? InForce(
        FleetAgent agent,
        IReadOnlyDictionary<string, DesiredDocument> groups
    )
    {
        if (Own(agent) is { } own)
        {
            return own;
        }

        foreach (string group in agent.Groups)
        {
            DesiredDocument? document = Asking(groups.GetValueOrDefault(group));
            if (Stands(document, agent.Reported, DocumentSource.Group(group)))
            {
                return document;
            }
        }

        return agent.Reported is { Source: not DocumentSource.Local } reported
            ? OfRunning(reported)
            : null;
    }

    /// <summary>What the cameras run, as a document that says so; null: none has been reported.</summary>
    public static DesiredDocument? OfRunning(ReportedDocument reported)
    {
        if (reported.Cameras.Count == 0)
        {
            return null;
        }

        (string Camera, string Profile)[] running =
        [
            .. reported.Cameras.Select(camera =>
                (camera.Key, camera.Value.Requested ?? camera.Value.Profile)
            ),
        ];
        string common = running
            .CountBy(camera => camera.Profile)
            .OrderByDescending(profile => profile.Value)
            .ThenBy(profile => profile.Key, StringComparer.Ordinal)
            .First()
            .Key;
        Dictionary<string, DesiredCamera> others = running
            .Where(camera => camera.Profile != common)
            .ToDictionary(
                camera => camera.Camera,
                camera => new DesiredCamera(camera.Profile),
                StringComparer.Ordinal
            );
        return new DesiredDocument
        {
            Rev = 1,
            Profile = common,
            Cameras = others.Count > 0 ? others : null,
        };
    }

    /// <summary>What <paramref name="reported"/> says about the last document of <paramref name="source"/>; null: none has come.</summary>
    public static ReportedSource? Said(ReportedDocument? reported, string source) =>
        reported?.Sources?.GetValueOrDefault(source);

    /// <summary>The greatest revision of its own documents that the agent has seen or will see, as far as known; 0: none.</summary>
    public static long LastRev(FleetAgent agent) =>
        Math.Max(agent.Desired?.Rev ?? 0, LastRev(Said(agent.Reported, DocumentSource.Agent)));

    /// <summary>The greatest revision of a group's documents that one of <paramref name="members"/> has seen or will see; 0: none.</summary>
    public static long LastRev(
        string group,
        DesiredDocument? document,
        IEnumerable<FleetAgent> members
    ) =>
        members
            .Select(member => LastRev(Said(member.Reported, DocumentSource.Group(group))))
            .Append(document?.Rev ?? 0)
            .Max();

    /// <summary><paramref name="document"/> if it asks for something.</summary>
    public static DesiredDocument? Asking(DesiredDocument? document) =>
        document is { Profile: not ReservedProfile.Inherit } ? document : null;

    // Taken and not failed, or not arrived yet.
    private static bool Stands(DesiredDocument? document, ReportedDocument? reported, string source)
    {
        if (document is null || reported is null)
        {
            return document is not null;
        }

        return Said(reported, source) is not { } said
            || document.Rev > LastRev(said)
            || (
                document.Rev == said.Rev
                && said.State
                    is ReportedState.Applied
                        or ReportedState.Pending
                        or ReportedState.Overridden
            );
    }

    private static long LastRev(ReportedSource? said) =>
        Math.Max(said?.Rev ?? 0, said?.RevSeen ?? 0);
}
