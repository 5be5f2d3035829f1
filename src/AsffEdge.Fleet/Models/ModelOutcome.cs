using System.Text.Json.Serialization;
using AsffEdge.Fleet.Rollouts;

namespace AsffEdge.Fleet.Models;

/// <summary>What has become of one agent in the roll-out of a model.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ModelOutcome>))]
internal enum ModelOutcome
{
    /// <summary>Its wave did not start.</summary>
    NotTold,

    /// <summary>Told; it fetches the file and checks it.</summary>
    Staging,

    /// <summary>The file is there and good, and it has not been told to use it.</summary>
    Staged,

    /// <summary>Told to use it; it runs in the shadow first, where that was asked for.</summary>
    Activating,

    /// <summary>In use and watched.</summary>
    Settling,

    /// <summary>In use, and watched for long enough; where it was only to be fetched: there and good.</summary>
    Done,

    /// <summary>The agent has refused it, or could not fetch it, or it did not prove itself in the shadow.</summary>
    Failed,

    /// <summary>It was in use and was taken back.</summary>
    RolledBack,

    /// <summary>Told while it was online, and not answered in time.</summary>
    NoAnswer,

    /// <summary>Not connected when its wave started.</summary>
    Offline,
}

/// <summary>What outcomes mean for the roll-out of a model.</summary>
internal static class ModelOutcomes
{
    /// <summary>Whether it counts towards the failures at which a roll-out stops.</summary>
    public static bool IsFailure(this ModelOutcome outcome) =>
        outcome is ModelOutcome.Failed or ModelOutcome.RolledBack or ModelOutcome.NoAnswer;
}
