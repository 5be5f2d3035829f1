using AsffEdge.Messaging;

namespace AsffEdge.Fleet.State;

/// <summary>What an agent needs somebody for, the most urgent first.</summary>
internal enum Trouble
{
    /// <summary>It has refused what it was told, or gone back to what it ran before.</summary>
    Refused,

    /// <summary>It is not connected, or has never said that it is.</summary>
    Away,

    /// <summary>A camera that is enabled does not deliver.</summary>
    Camera,

    /// <summary>It is still about to do what it was told.</summary>
    Pending,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>Finds the worst of an agent's troubles.</summary>
internal static class AgentTrouble
{
    /// <summary>Agents in the order in which to look at them: by trouble, then by id.</summary>
    public static IEnumerable<FleetAgent> WorstFirst(IEnumerable<FleetAgent> agents) =>
        agents.OrderBy(Of).ThenBy(agent => agent.Id, StringComparer.Ordinal);

    /// <summary>The worst trouble of <paramref name="agent"/>.</summary>
    public static Trouble Of(FleetAgent agent) =>
        agent.Reported?.State is ReportedState.Rejected or ReportedState.RolledBack
            ? Trouble.Refused
        : !agent.IsOnline ? Trouble.Away
        : agent.OnlineCameras < agent.EnabledCameras ? Trouble.Camera
        : agent.Reported?.State == ReportedState.Pending ? Trouble.Pending
        : Trouble.None;
}
