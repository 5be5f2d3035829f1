namespace AsffEdge.Control.Broker;

/// <summary>How a connection to the broker ended, or that there was none.</summary>
/// <param name="Reason">For people.</param>
/// <param name="TakenOver">Whether another client came with the same id, which coming back at once would only repeat.</param>
internal readonly record struct ConnectionEnd(string Reason, bool TakenOver = false);
