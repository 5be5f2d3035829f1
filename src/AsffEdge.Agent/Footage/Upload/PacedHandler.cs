namespace AsffEdge.Agent.Footage.Upload;

/// <summary>
/// Sends bodies no faster than allowed, asks before it sends one whether it would be taken (<c>Expect: 100-continue</c>), and gives up on a
/// server that takes nothing and says nothing.
/// </summary>
/// <param name="inner">What sends.</param>
/// <param name="bytesPerSecond">The rate; null: none is set.</param>
/// <param name="silentFor">How long a server may take nothing and say nothing.</param>
internal sealed class PacedHandler(
    HttpMessageHandler inner,
    double? bytesPerSecond,
    TimeSpan silentFor
) : DelegatingHandler(inner)
{
    private long _sent;

    /// <summary>Bytes of bodies that were handed to the network.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken
        );
        silence.CancelAfter(silentFor);
        if (request.Content is { } body)
        {
            request.Headers.ExpectContinue = true;
            request.Content = new PacedContent(
                body,
                bytesPerSecond,
                bytes =>
                {
                    Interlocked.Add(ref _sent, bytes);
                    silence.CancelAfter(silentFor);
                }
            );
        }

        try
        {
            return await base.SendAsync(request, silence.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UploadException(
                $"the server took nothing and said nothing for {silentFor.TotalSeconds} s",
                isRefusal: false
            );
        }
    }
}
