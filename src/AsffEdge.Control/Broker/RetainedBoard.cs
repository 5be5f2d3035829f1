using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace AsffEdge.Control.Broker;

/// <summary>
/// The newest payload of every retained topic. While the broker is away newer replaces older; after every connection all of it is published
/// again, because a restarted broker may have forgotten. Thread-safe; never waits.
/// </summary>
public sealed class RetainedBoard
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, byte[]> _payloads = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, byte[]> _unpublished = new(StringComparer.Ordinal);
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(1);

    /// <summary>Makes <paramref name="payload"/> the content of <paramref name="topic"/>.</summary>
    public void Set(string topic, byte[] payload)
    {
        lock (_lock)
        {
            _payloads[topic] = payload;
            _unpublished[topic] = payload;
            _changed.Writer.TryWrite(true);
        }
    }

    /// <summary>Everything is to be published again, in the order in which the topics first came.</summary>
    public void RepublishAll()
    {
        lock (_lock)
        {
            _unpublished.Clear();
            foreach ((string topic, byte[] payload) in _payloads)
            {
                _unpublished[topic] = payload;
            }

            _changed.Writer.TryWrite(true);
        }
    }

    /// <summary><paramref name="topic"/> is to be published again.</summary>
    public void Republish(string topic)
    {
        lock (_lock)
        {
            if (_payloads.TryGetValue(topic, out byte[]? payload))
            {
                _unpublished[topic] = payload;
                _changed.Writer.TryWrite(true);
            }
        }
    }

    /// <summary>Takes what is to be published next.</summary>
    public bool TryTake(
        [NotNullWhen(true)] out string? topic,
        [NotNullWhen(true)] out byte[]? payload
    )
    {
        lock (_lock)
        {
            (topic, payload) = _unpublished.Count > 0 ? _unpublished.GetAt(0) : default;
            if (topic is null)
            {
                return false;
            }

            _unpublished.RemoveAt(0);
            return true;
        }
    }

    /// <summary>Completes when there may be something to publish.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken ct) => _changed.Reader.ReadAsync(ct);
}
