namespace AsffEdge.Control.Broker;

/// <summary>Ends what a broker does not answer. MQTTnet waits for ever where the wait can be cancelled.</summary>
public static class Deadline
{
    /// <summary>Asks, and waits for the answer for <see cref="ClientOptions.AnswerWithin"/> at most.</summary>
    /// <exception cref="TimeoutException">There was none in time.</exception>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> ask,
        TimeProvider time,
        CancellationToken ct
    )
    {
        using CancellationTokenSource timer = new(ClientOptions.AnswerWithin, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(
            ct,
            timer.Token
        );
        try
        {
            return await ask(either.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (timer.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"no answer in {ClientOptions.AnswerWithin.TotalSeconds:0} s",
                error
            );
        }
    }
}
