using System.Collections.Concurrent;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>
/// The board on which a component says that it does not work as it should, and that it does again. What stands here is in <c>/healthz</c>,
/// in the health message and in the metrics until it is cleared. Thread-safe; never blocks.
/// </summary>
internal sealed class Degradations
{
    private readonly ConcurrentDictionary<(HealthCode Code, string? Camera), string> _standing = [];

    /// <summary>What stands on it, in no order.</summary>
    public IEnumerable<Degradation> Standing =>
        _standing.Select(entry => new Degradation(entry.Key.Code, entry.Value, entry.Key.Camera));

    /// <summary>Puts something on the board. One thing stands there once, with what was said of it last.</summary>
    /// <param name="code">What is wrong.</param>
    /// <param name="detail">What exactly, a sentence for people without a full stop and without secrets; what to do is said by <see cref="HealthAdvice"/>.</param>
    /// <param name="camera">The camera it is about; null: none.</param>
    public void Raise(HealthCode code, string detail, string? camera = null) =>
        _standing[(code, camera)] = detail;

    /// <summary>Takes it off the board, if it is there.</summary>
    public void Clear(HealthCode code, string? camera = null) =>
        _standing.TryRemove((code, camera), out _);
}
