using System.Globalization;
using System.Threading.Channels;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models.Fetching;

/// <summary>
/// Fetches a file from its retained parts at the broker: asks for the next few of them by name, adds them in their order, and asks for the
/// next. So no more is under way than there is memory for, what is here already is not sent again, and nothing is heard when nothing is fetched.
/// </summary>
/// <param name="link">The way to the broker.</param>
/// <param name="topics">The topics.</param>
/// <param name="time">The clock.</param>
internal sealed class ChunkFetch(MqttLink link, Topics topics, TimeProvider time)
{
    private const int WindowBytes = 2 * 1024 * 1024;
    private const int MostAtOnce = 64;
    private const int MostAsks = 3;
    private const int MostNamed = 5;
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BrokerAwayFor = TimeSpan.FromMinutes(2);

    /// <summary>Completes when the file is whole.</summary>
    /// <exception cref="DocumentRejectedException">Parts did not come; those before them are there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(
        string sha256,
        int chunkBytes,
        IncomingFile file,
        CancellationToken ct
    )
    {
        if (file.IsWhole)
        {
            return;
        }

        file.Truncate(file.Length / chunkBytes * chunkBytes);
        int count = (int)((file.Size + chunkBytes - 1) / chunkBytes);
        int atOnce = Math.Clamp(WindowBytes / chunkBytes, 1, MostAtOnce);
        for (int first = (int)(file.Length / chunkBytes); first < count; first += atOnce)
        {
            SortedDictionary<int, string> missing = new(
                Enumerable
                    .Range(first, Math.Min(atOnce, count - first))
                    .ToDictionary(
                        index => index,
                        index =>
                            topics.ModelChunk(sha256, index.ToString(CultureInfo.InvariantCulture))
                    )
            );
            byte[][] chunks = new byte[missing.Count][];
            for (int asks = 1; missing.Count > 0; asks++)
            {
                int before = missing.Count;
                await WaitForBrokerAsync(ct).ConfigureAwait(false);
                await AskAsync(missing, chunks, first, ct).ConfigureAwait(false);
                if (missing.Count == before && asks >= MostAsks)
                {
                    throw Missing(sha256, missing, count);
                }
            }

            for (int index = 0; index < chunks.Length; index++)
            {
                long expected = Math.Min(chunkBytes, file.Size - file.Length);
                if (chunks[index].Length != expected)
                {
                    throw new DocumentRejectedException(
                        ResultCode.NotFetched,
                        $"part {first + index} of {count} has {chunks[index].Length} bytes; expected {expected} by the command's size ({file.Size}) and chunk_bytes ({chunkBytes})"
                    );
                }

                file.Append(chunks[index]);
            }
        }
    }

    private async Task WaitForBrokerAsync(CancellationToken ct)
    {
        try
        {
            await link.WaitConnectedAsync(ct)
                .WaitAsync(BrokerAwayFor, time, ct)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new DocumentRejectedException(
                ResultCode.NotFetched,
                $"there was no connection to the broker for {BrokerAwayFor.TotalSeconds} s"
            );
        }
    }

    /// <summary>Asks for what is missing, once, and takes what comes as long as something comes.</summary>
    private async Task AskAsync(
        SortedDictionary<int, string> missing,
        byte[][] chunks,
        int first,
        CancellationToken ct
    )
    {
        Dictionary<string, int> asked = missing.ToDictionary(part => part.Value, part => part.Key);
        Channel<InboundMessage> came = Channel.CreateBounded<InboundMessage>(2 * asked.Count);
        await using IAsyncDisposable listening = await link.ListenAsync(
                asked.Keys,
                message => came.Writer.TryWrite(message),
                ct
            )
            .ConfigureAwait(false);
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            while (missing.Count > 0)
            {
                InboundMessage message = await came
                    .Reader.ReadAsync(silence.Token)
                    .AsTask()
                    .WaitAsync(SilentFor, time, ct)
                    .ConfigureAwait(false);

                // An empty one says that the part has been removed.
                if (message.Payload.Length > 0 && missing.Remove(asked[message.Topic]))
                {
                    chunks[asked[message.Topic] - first] = message.Payload;
                }
            }
        }
        catch (TimeoutException)
        {
            await silence.CancelAsync().ConfigureAwait(false);
        }
    }

    private DocumentRejectedException Missing(
        string sha256,
        SortedDictionary<int, string> missing,
        int count
    )
    {
        string named =
            string.Join(", ", missing.Keys.Take(MostNamed))
            + (missing.Count > MostNamed ? ", …" : "");
        return new DocumentRejectedException(
            ResultCode.NotFetched,
            $"of {count} parts these did not come in {MostAsks * SilentFor.TotalSeconds} s: {named}; are they still published, and may this agent read {topics.ModelChunk(sha256, "+")}?"
        );
    }
}
