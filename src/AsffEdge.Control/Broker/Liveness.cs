namespace AsffEdge.Control.Broker;

/// <summary>
/// Judges a connection by the age of the last answer, by the monotonic clock. MQTTnet's own keep-alive uses the wall clock, and asks for
/// nothing while messages without acknowledgement are being sent. Thread-safe.
/// </summary>
internal sealed class Liveness(TimeProvider time)
{
    // What stays unanswered for this long is lost, and the connection half-open.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(4);

    // Timers may fire a little early.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(20);

    private long _acknowledged;
    private long _answered;

    /// <summary>How long ago the broker last acknowledged something.</summary>
    public TimeSpan AcknowledgementAge => time.GetElapsedTime(Volatile.Read(ref _acknowledged));

    /// <summary>The broker has acknowledged a message.</summary>
    public void NoteAcknowledgement()
    {
        Volatile.Write(ref _acknowledged, time.GetTimestamp());
        Volatile.Write(ref _answered, time.GetTimestamp());
    }

    /// <summary>Asks for a sign of life whenever nothing was answered for <paramref name="keepAlive"/>.</summary>
    /// <exception cref="Exception">One of those that <see cref="BrokerFailure.IsExpected"/> knows.</exception>
    public async Task ProbeAsync(
        Func<CancellationToken, Task> ping,
        TimeSpan keepAlive,
        CancellationToken ct
    )
    {
        while (true)
        {
            TimeSpan left = keepAlive - time.GetElapsedTime(Volatile.Read(ref _answered));
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left + Margin, time, ct).ConfigureAwait(false);
                continue;
            }

            await ping(ct).ConfigureAwait(false);
            Volatile.Write(ref _answered, time.GetTimestamp());
        }
    }

    /// <summary>Completes when the broker has been silent for too long.</summary>
    /// <param name="keepAlive">Time after which a sign of life is asked for.</param>
    /// <param name="toAcknowledge">Time after which a message is sent that is to be acknowledged; null: the broker acknowledges none.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task WaitForSilenceAsync(
        TimeSpan keepAlive,
        TimeSpan? toAcknowledge,
        CancellationToken ct
    )
    {
        while (true)
        {
            // The next moment at which it can have been silent for too long; each answer moves it on.
            TimeSpan left = keepAlive - time.GetElapsedTime(Volatile.Read(ref _answered));
            TimeSpan? leftToAcknowledge =
                toAcknowledge - time.GetElapsedTime(Volatile.Read(ref _acknowledged));
            left = AnswerWithin + (leftToAcknowledge < left ? leftToAcknowledge.Value : left);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            await Task.Delay(left + Margin, time, ct).ConfigureAwait(false);
        }
    }
}
