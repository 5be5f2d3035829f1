namespace AsffEdge.Agent.Footage;

/// <summary>
/// Writes into a file that may hold the first of these bytes already: they are compared, and from the first that differs on, or is missing,
/// the file is cut and written.
/// </summary>
/// <param name="file">The file, at its beginning.</param>
internal sealed class ContinuingStream(FileStream file) : Stream
{
    private readonly byte[] _there = new byte[81920];
    private bool _isWriting;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) =>
        Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!_isWriting && buffer.Length > 0)
        {
            ReadOnlySpan<byte> part = buffer[..Math.Min(buffer.Length, _there.Length)];
            long start = file.Position;
            int read = file.ReadAtLeast(_there.AsSpan(0, part.Length), part.Length, false);
            int same = part.CommonPrefixLength(_there.AsSpan(0, read));
            buffer = buffer[same..];
            if (same < part.Length)
            {
                file.SetLength(start + same);
                file.Position = start + same;
                _isWriting = true;
            }
        }

        file.Write(buffer);
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
