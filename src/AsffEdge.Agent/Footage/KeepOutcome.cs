namespace AsffEdge.Agent.Footage;

/// <summary>What became of a frame that was to be kept.</summary>
internal enum KeepOutcome
{
    /// <summary>It is on disk.</summary>
    Kept,

    /// <summary>The day's bytes are spent.</summary>
    DayIsFull,

    /// <summary>Its camera has one of the same millisecond.</summary>
    SameTime,
}
