using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>Something that does not work as it should.</summary>
/// <param name="Code">What.</param>
/// <param name="Detail">What exactly, a sentence for people without secrets.</param>
/// <param name="Camera">The camera it is about; null: none.</param>
internal readonly record struct Degradation(HealthCode Code, string Detail, string? Camera = null);
