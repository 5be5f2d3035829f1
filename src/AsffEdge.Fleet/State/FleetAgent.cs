using System.Collections.Immutable;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.State;

/// <summary>What the broker holds of one agent. A part that is null has not been published, or could not be read.</summary>
/// <param name="Id">The agent's id.</param>
internal sealed record FleetAgent(string Id)
{
    /// <summary>An agent's cameras before anything is known of them.</summary>
    public static ImmutableSortedDictionary<string, CameraStatusMessage> NoCameras { get; } =
        ImmutableSortedDictionary.Create<string, CameraStatusMessage>(StringComparer.Ordinal);

    /// <summary>Whether it is there.</summary>
    public StatusMessage? Status { get; init; }

    /// <summary>What it is.</summary>
    public InfoMessage? Info { get; init; }

    /// <summary>What it runs.</summary>
    public ReportedDocument? Reported { get; init; }

    /// <summary>What it shall run, by a document of its own.</summary>
    public DesiredDocument? Desired { get; init; }

    /// <summary>Which model it runs, and what becomes of the next one.</summary>
    public ModelsMessage? Models { get; init; }

    /// <summary>How it is, if it has said so since the tool started.</summary>
    public HealthMessage? Health { get; init; }

    /// <summary>Its cameras' states by id.</summary>
    public ImmutableSortedDictionary<string, CameraStatusMessage> Cameras { get; init; } =
        NoCameras;

    /// <summary>Whether it is connected, as far as the broker knows.</summary>
    public bool IsOnline => Status?.State == AgentState.Online;

    /// <summary>The groups it belongs to, strongest first.</summary>
    public IReadOnlyList<string> Groups => Info?.Groups ?? [];

    /// <summary>Cameras that are to deliver.</summary>
    public int EnabledCameras => Info?.Cameras.Count(camera => camera.Enabled) ?? 0;

    /// <summary>Those of them that do; none while the agent is away, whatever it said last.</summary>
    public int OnlineCameras =>
        Info?.Cameras.Count(camera =>
            IsOnline && camera.Enabled && Cameras.GetValueOrDefault(camera.Id)?.State == "online"
        )
        ?? 0;

    /// <summary>Whether nothing is known of it any more: its retained messages have been removed.</summary>
    public bool IsForgotten =>
        Status is null
        && Info is null
        && Reported is null
        && Desired is null
        && Models is null
        && Health is null
        && Cameras.IsEmpty;
}
