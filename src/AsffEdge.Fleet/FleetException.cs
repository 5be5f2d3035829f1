namespace AsffEdge.Fleet;

/// <summary>What was asked for cannot be done; the message says why. Exit code 1.</summary>
internal sealed class FleetException(string message) : Exception(message);
