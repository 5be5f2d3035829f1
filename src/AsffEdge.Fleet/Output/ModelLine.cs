using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Output;

/// <summary>An agent and its models as a line of JSON.</summary>
/// <param name="Agent">Its id.</param>
/// <param name="State">Whether it is there.</param>
/// <param name="Models">What it says of its models; null: it says nothing.</param>
internal sealed record ModelLine(string Agent, string State, ModelsMessage? Models);
