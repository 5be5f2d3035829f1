using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Output;

/// <summary>An agent as a line of JSON: what it has published, as it has published it.</summary>
/// <param name="Agent">Its id.</param>
/// <param name="Status">Whether it is there.</param>
/// <param name="Info">What it is.</param>
/// <param name="Reported">What it runs.</param>
/// <param name="Desired">What it shall run, by a document of its own.</param>
/// <param name="Health">How it is.</param>
/// <param name="Cameras">Its cameras' states by id.</param>
internal sealed record AgentLine(
    string Agent,
    StatusMessage? Status,
    InfoMessage? Info,
    ReportedDocument? Reported,
    DesiredDocument? Desired,
    HealthMessage? Health,
    IReadOnlyDictionary<string, CameraStatusMessage> Cameras
)
{
    /// <summary>What its groups shall run, by group; null where that was not asked for.</summary>
    public IReadOnlyDictionary<string, DesiredDocument>? GroupsDesired { get; init; }

    /// <summary>The line of <paramref name="agent"/>.</summary>
    public static AgentLine Of(FleetAgent agent) =>
        new(
            agent.Id,
            agent.Status,
            agent.Info,
            agent.Reported,
            agent.Desired,
            agent.Health,
            agent.Cameras
        );
}
