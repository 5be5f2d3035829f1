namespace AsffEdge.Control.Broker;

/// <summary>What became of a message.</summary>
public enum PublishOutcome
{
    /// <summary>The broker has it; with quality of service 0: it is on its way.</summary>
    Taken,

    /// <summary>There is no connection, or it ended meanwhile. Later it may be taken.</summary>
    NotSent,

    /// <summary>The broker refuses it. Later it may take it.</summary>
    Refused,

    /// <summary>The broker takes none so large, so it was not sent, and never will be.</summary>
    TooLarge,
}
