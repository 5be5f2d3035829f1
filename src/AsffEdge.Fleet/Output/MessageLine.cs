using System.Text.Json;

namespace AsffEdge.Fleet.Output;

/// <summary>A message as a line of JSON.</summary>
/// <param name="Received">When the tool got it, UTC.</param>
/// <param name="Kind"><c>event</c>, <c>detections</c>, <c>status</c> or <c>camera_status</c>.</param>
/// <param name="Agent">Whose it is.</param>
/// <param name="Camera">The camera it is of; null: none.</param>
/// <param name="Message">The message as it was published.</param>
internal sealed record MessageLine(
    DateTime Received,
    string Kind,
    string Agent,
    string? Camera,
    JsonElement Message
);
