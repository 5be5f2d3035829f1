using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>What is said when a disk falls below a floor.</summary>
/// <param name="Code">What that is.</param>
/// <param name="Key">The key of the configuration that is the floor.</param>
/// <param name="Consequence">What happens then, for the end of a sentence.</param>
/// <param name="Purpose">What there is room for above it: "enough to …".</param>
internal sealed record FloorNotice(HealthCode Code, string Key, string Consequence, string Purpose);
