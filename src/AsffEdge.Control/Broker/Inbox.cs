using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace AsffEdge.Control.Broker;

/// <summary>
/// Messages that wait to be dealt with: a storm of small ones whole, because the last of them is the one that counts, and no more of large ones
/// than there is memory for. Thread-safe.
/// </summary>
public sealed class Inbox
{
    /// <summary>Most messages that wait.</summary>
    public const int MostMessages = 4096;

    /// <summary>Most bytes of their payloads.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    private readonly Channel<InboundMessage> _messages = Channel.CreateBounded<InboundMessage>(
        MostMessages
    );
    private long _bytes;

    /// <summary>Takes a message, or drops it.</summary>
    /// <returns>False when it was dropped: too many wait already.</returns>
    public bool TryAdd(InboundMessage message)
    {
        int length = message.Payload.Length;
        if (Interlocked.Add(ref _bytes, length) <= MostBytes && _messages.Writer.TryWrite(message))
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -length);
        return false;
    }

    /// <summary>The next message, if one waits.</summary>
    public bool TryRead([NotNullWhen(true)] out InboundMessage? message)
    {
        bool isThere = _messages.Reader.TryRead(out message);
        Interlocked.Add(ref _bytes, -(message?.Payload.Length ?? 0));
        return isThere;
    }

    /// <summary>The next message, when it comes.</summary>
    public async ValueTask<InboundMessage> ReadAsync(CancellationToken ct)
    {
        InboundMessage message = await _messages.Reader.ReadAsync(ct).ConfigureAwait(false);
        Interlocked.Add(ref _bytes, -message.Payload.Length);
        return message;
    }

    /// <summary>All messages, as they come.</summary>
    public async IAsyncEnumerable<InboundMessage> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        while (true)
        {
            yield return await ReadAsync(ct).ConfigureAwait(false);
        }
    }
}
