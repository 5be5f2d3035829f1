using System.Diagnostics;
using System.Net;

namespace AsffEdge.Agent.Footage.Upload;

/// <summary>A body that is sent no faster than allowed.</summary>
internal sealed class PacedContent : HttpContent
{
    // Each piece wakes threads, for which inference has to make room. Where nothing is awaited between them they may be small.
    private const int PiecesPerSecond = 4;
    private const int LargestPiece = 64 * 1024;
    private const int UnpacedPiece = 16 * 1024;

    private readonly HttpContent _body;
    private readonly double? _bytesPerSecond;
    private readonly Action<int> _sent;

    /// <param name="body">What is sent.</param>
    /// <param name="bytesPerSecond">The rate; null: none is set.</param>
    /// <param name="sent">Told the bytes that were taken.</param>
    public PacedContent(HttpContent body, double? bytesPerSecond, Action<int> sent)
    {
        _body = body;
        _bytesPerSecond = bytesPerSecond;
        _sent = sent;
        foreach ((string name, IEnumerable<string> values) in body.Headers)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        byte[] buffer = new byte[
            _bytesPerSecond is { } rate
                ? (int)Math.Clamp(rate / PiecesPerSecond, 1, LargestPiece)
                : UnpacedPiece
        ];
        Stream body = await _body.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        long began = Stopwatch.GetTimestamp();
        long total = 0;
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            await stream
                .WriteAsync(buffer.AsMemory(0, read), cancellationToken)
                .ConfigureAwait(false);
            _sent(read);
            total += read;
            TimeSpan due = TimeSpan.FromSeconds(total / _bytesPerSecond ?? 0);
            TimeSpan early = due - Stopwatch.GetElapsedTime(began);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _body.Headers.ContentLength ?? 0;
        return _body.Headers.ContentLength is not null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body.Dispose();
        }

        base.Dispose(disposing);
    }
}
