using MQTTnet.Exceptions;

namespace AsffEdge.Control.Broker;

/// <summary>
/// Ends a connection whose broker announces a packet larger than is taken, before there is memory for it: the length of a
/// packet is the first thing that comes, and it can say 256 MiB. And tells why a broker hung up, where it has said so.
/// </summary>
/// <param name="inner">The connection.</param>
/// <param name="most">Most bytes of a packet, without its fixed header.</param>
internal sealed class PacketGuard(Stream inner, long most) : Stream
{
    private static readonly TimeSpan HearOutFor = TimeSpan.FromSeconds(1);

    // Where in a packet the next byte is: its first byte, its length, which takes several, or the rest.
    private bool _isInLength;
    private int _shift;
    private long _left;

    /// <inheritdoc/>
    public override bool CanRead => inner.CanRead;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => inner.CanWrite;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="MqttProtocolViolationException">What came begins a packet that is too large.</exception>
    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Follow(buffer.Span[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = inner.Read(buffer, offset, count);
        Follow(buffer.AsSpan(offset, read));
        return read;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            await HearOutAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) =>
        inner.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) =>
        inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    // Since TLS 1.3 a broker refuses a client's certificate when for the client the handshake is over. It hangs up then, and where that is noticed
    // while writing, the reason lies there unread.
    private async Task HearOutAsync(CancellationToken cancellationToken)
    {
        try
        {
            await inner
                .ReadAsync(new byte[1], cancellationToken)
                .AsTask()
                .WaitAsync(HearOutFor, cancellationToken)
                .ConfigureAwait(false);
        }
        // Somebody reads already, and is told; or there is nothing to read.
        catch (Exception error) when (error is NotSupportedException or TimeoutException) { }
    }

    // MQTT 5.0, section 2.1: one byte of type and flags, then the length of what follows, seven bits a byte, the low ones first.
    private void Follow(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_left > 0 && !_isInLength)
            {
                int passed = (int)Math.Min(_left, bytes.Length);
                _left -= passed;
                bytes = bytes[passed..];
                continue;
            }

            byte next = bytes[0];
            bytes = bytes[1..];
            if (!_isInLength)
            {
                (_isInLength, _shift, _left) = (true, 0, 0);
                continue;
            }

            _left |= (long)(next & 0x7F) << _shift;
            _shift += 7;
            if (_left > most)
            {
                throw new MqttProtocolViolationException(
                    $"a packet of {_left} bytes or more is announced; at most {most} are taken"
                );
            }

            // More than four bytes of length are no MQTT, which the reader says.
            _isInLength = (next & 0x80) != 0 && _shift < 28;
        }
    }
}
