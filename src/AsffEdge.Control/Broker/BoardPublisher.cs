using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Broker;

/// <summary>Publishes what is on the board over one connection, so that nothing that is taken off it is lost.</summary>
/// <param name="board">The board.</param>
/// <param name="publish">Publishes a message; completes at its acknowledgement.</param>
/// <param name="time">The clock.</param>
internal sealed class BoardPublisher(
    RetainedBoard board,
    Func<MqttApplicationMessage, CancellationToken, ValueTask<PublishOutcome>> publish,
    TimeProvider time
)
{
    // What the broker refuses may be a matter of its quota, or of rights that somebody is about to grant.
    private static readonly TimeSpan OfferAgainAfter = TimeSpan.FromSeconds(30);

    /// <summary>Publishes what is there and what comes.</summary>
    /// <exception cref="Exception">One of those that <see cref="BrokerFailure.IsExpected"/> knows.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await DrainAsync(ct).ConfigureAwait(false);
            await board.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>Publishes what is there.</summary>
    /// <exception cref="Exception">One of those that <see cref="BrokerFailure.IsExpected"/> knows.</exception>
    public async Task DrainAsync(CancellationToken ct)
    {
        while (board.TryTake(out string? topic, out byte[]? payload))
        {
            MqttApplicationMessage message = new()
            {
                Topic = topic,
                PayloadSegment = payload,
                Retain = true,
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            };
            try
            {
                if (await publish(message, ct).ConfigureAwait(false) == PublishOutcome.Refused)
                {
                    _ = OfferAgainAsync(topic, ct);
                }
            }
            catch (OperationCanceledException)
            {
                // It may not have been sent; what is said at the end goes after it.
                board.Republish(topic);
                throw;
            }
        }
    }

    private async Task OfferAgainAsync(string topic, CancellationToken ct)
    {
        await Task.Delay(OfferAgainAfter, time, ct)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ct.IsCancellationRequested)
        {
            board.Republish(topic);
        }
    }
}
