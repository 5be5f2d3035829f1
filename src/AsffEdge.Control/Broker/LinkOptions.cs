namespace AsffEdge.Control.Broker;

/// <summary>Who connects, and to which broker.</summary>
/// <param name="Agent">The agent's id, which is its client id.</param>
/// <param name="Broker">The broker.</param>
/// <param name="HealthIntervalS">Seconds between health messages, whose acknowledgements are the probes of the connection.</param>
public sealed record LinkOptions(string Agent, BrokerOptions Broker, int HealthIntervalS)
{
    /// <summary>The groups the agent belongs to, strongest first: it listens to their documents and commands too.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}
