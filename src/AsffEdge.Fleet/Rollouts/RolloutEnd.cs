using System.Text.Json.Serialization;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>How a roll-out ended.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<RolloutEnd>))]
internal enum RolloutEnd
{
    /// <summary>Every agent has settled on its document.</summary>
    Done,

    /// <summary>Every agent was told, and some have not settled on it.</summary>
    Incomplete,

    /// <summary>There were more failures than allowed; the waves after that were not told.</summary>
    Stopped,

    /// <summary>Stopped, and what was before holds again wherever an agent has answered.</summary>
    Undone,

    /// <summary>Stopped, and not every agent has gone back to what was before.</summary>
    NotUndone,

    /// <summary>Somebody ended it before its end; agents that were told go on by themselves.</summary>
    Interrupted,
}
