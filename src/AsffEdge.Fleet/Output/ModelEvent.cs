using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Output;

/// <summary>What became of a model on an agent, as a line of JSON.</summary>
/// <param name="Agent">The agent's id.</param>
/// <param name="Change">What became of it.</param>
internal sealed record ModelEvent(string Agent, ModelPast Change);
