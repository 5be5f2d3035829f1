using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Models;

/// <summary>One agent in the roll-out of a model, as it stands.</summary>
/// <param name="Agent">Its id.</param>
/// <param name="Wave">Its wave, from 1.</param>
/// <param name="Outcome">What has become of it.</param>
internal sealed record ModelResult(string Agent, int Wave, ModelOutcome Outcome)
{
    /// <summary>Why, as the agent says; null where there is nothing to explain.</summary>
    public string? Code { get; init; }

    /// <summary>A sentence for people, or null.</summary>
    public string? Detail { get; init; }

    /// <summary>What it saw in the shadow; null: nothing.</summary>
    public ModelShadow? Shadow { get; init; }

    /// <summary>What became of going back; null: not tried.</summary>
    public string? Undo { get; init; }
}
