namespace AsffEdge.Control.Broker;

/// <content>Hears other topics for a time.</content>
public sealed partial class MqttLink
{
    /// <summary>
    /// Hears topics that are none of the agent's own, at once and after every connection, until the result is disposed of. What comes there
    /// goes to <paramref name="received"/>, which must not block. That a subscription was taken does not say that anything will come.
    /// </summary>
    public async Task<IAsyncDisposable> ListenAsync(
        IReadOnlyCollection<string> topics,
        Action<InboundMessage> received,
        CancellationToken ct
    )
    {
        foreach (string topic in topics)
        {
            Listen(topic, received);
        }

        if (_connection is { } connection)
        {
            try
            {
                await connection.SubscribeAsync(topics, ct).ConfigureAwait(false);
            }
            // The next connection subscribes to them.
            catch (Exception error)
                when (BrokerFailure.IsExpected(error) && !ct.IsCancellationRequested) { }
        }

        return new Listening(this, topics);
    }

    private sealed class Listening(MqttLink link, IReadOnlyCollection<string> topics)
        : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (string topic in topics)
            {
                link._listeners.TryRemove(topic, out _);
            }

            if (link._connection is { } connection)
            {
                try
                {
                    await connection
                        .UnsubscribeAsync(topics, CancellationToken.None)
                        .ConfigureAwait(false);
                }
                // It has ended, and its subscriptions with it.
                catch (Exception error) when (BrokerFailure.IsExpected(error)) { }
            }
        }
    }
}
