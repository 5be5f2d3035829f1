using System.Collections.Immutable;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests;

/// <summary>Agents as the tool knows them, for tests of what it shows.</summary>
internal static class Fleets
{
    /// <summary>An agent whose cameras both deliver.</summary>
    public static FleetAgent Agent(
        string id,
        AgentState state = AgentState.Online,
        ReportedDocument? reported = null,
        params string[] groups
    ) =>
        new(id)
        {
            Status = FleetMessages.Status(state),
            Info = FleetMessages.Info(id, groups),
            Reported = reported ?? FleetMessages.Reported(),
            Cameras = FleetAgent
                .NoCameras.Add("dock-1", Camera("online"))
                .Add("yard", Camera("online")),
        };

    /// <summary>The same with a camera in another state.</summary>
    public static FleetAgent WithCamera(
        this FleetAgent agent,
        string camera,
        string state,
        string? reason = null,
        string? detail = null
    ) => agent with { Cameras = agent.Cameras.SetItem(camera, Camera(state, reason, detail)) };

    public static CameraStatusMessage Camera(
        string state,
        string? reason = null,
        string? detail = null
    ) => new(state, reason, detail, FleetMessages.Now);
}
