using System.Runtime.CompilerServices;

namespace AsffEdge.Agent.Telemetry;

/// <summary>Counts events by a closed set of names. Thread-safe; counting allocates nothing.</summary>
/// <param name="names">The names there are.</param>
internal sealed class Tally(IEnumerable<string> names)
{
    private readonly Dictionary<string, StrongBox<long>> _counts = names.ToDictionary(
        name => name,
        _ => new StrongBox<long>(),
        StringComparer.Ordinal
    );

    /// <summary>How often each has happened.</summary>
    public IEnumerable<(string Name, long Count)> Counts =>
        _counts.Select(entry => (entry.Key, Volatile.Read(ref entry.Value.Value)));

    /// <summary>Counts one.</summary>
    /// <exception cref="KeyNotFoundException">There is no such name.</exception>
    public void Count(string name) => Interlocked.Increment(ref _counts[name].Value);
}
