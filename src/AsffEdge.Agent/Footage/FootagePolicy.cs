using System.Diagnostics;

namespace AsffEdge.Agent.Footage;

/// <summary>What chose a frame. Of several that would, the first one here that has bytes left does.</summary>
internal enum FootagePolicy
{
    /// <summary>Somebody asked for it.</summary>
    Command,

    /// <summary>It has an object of a rare class.</summary>
    RareClass,

    /// <summary>An object is missing that was there in the frames before.</summary>
    Flicker,

    /// <summary>An object is there for the first time.</summary>
    NewTrack,

    /// <summary>A score is near the threshold.</summary>
    Uncertain,

    /// <summary>It is time for one.</summary>
    Interval,

    /// <summary>Chance.</summary>
    Random,
}

/// <summary>Names of <see cref="FootagePolicy"/>.</summary>
internal static class FootagePolicyName
{
    /// <summary>As in <c>coco.json</c> and in the configuration.</summary>
    public static string Of(FootagePolicy policy) =>
        policy switch
        {
            FootagePolicy.Command => "command",
            FootagePolicy.RareClass => "rare_class",
            FootagePolicy.Flicker => "flicker",
            FootagePolicy.NewTrack => "new_track",
            FootagePolicy.Uncertain => "uncertain",
            FootagePolicy.Interval => "interval",
            FootagePolicy.Random => "random",
            _ => throw new UnreachableException(),
        };
}
