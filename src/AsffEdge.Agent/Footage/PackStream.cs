using System.Formats.Tar;

namespace AsffEdge.Agent.Footage;

/// <summary>
/// The bytes of a pack's tar, made while they are read, a file at a time: they follow from the plan alone, so nothing of a pack needs to be
/// on disk. Can be set back to its beginning, and to nowhere else.
/// </summary>
internal sealed class PackStream : Stream
{
    private readonly PackPlan _plan;
    private readonly Action<long> _progress;
    private readonly CancellationToken _ct;
    private readonly MemoryStream _made = new(); // of the file at hand
    private IEnumerator<long> _files;
    private long _position;

    /// <param name="plan">What goes into it.</param>
    /// <param name="progress">Told the bytes of files that have been read.</param>
    /// <param name="ct">Ends it early, between two files.</param>
    public PackStream(PackPlan plan, Action<long>? progress = null, CancellationToken ct = default)
    {
        _plan = plan;
        _progress = progress ?? (_ => { });
        _ct = ct;
        _files = Make().GetEnumerator();
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => _plan.TarBytes;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        Read(buffer.AsSpan(offset, count));

    /// <summary>Reads on.</summary>
    /// <exception cref="FileNotFoundException">A picture was removed meanwhile.</exception>
    /// <exception cref="DirectoryNotFoundException">The same, with its whole day.</exception>
    /// <exception cref="InvalidDataException">A file is not what it was when it was hashed.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            int read = _made.Read(buffer);
            _position += read;
            if (read > 0 || buffer.IsEmpty)
            {
                return read;
            }

            _made.SetLength(0);
            if (!_files.MoveNext())
            {
                return 0;
            }

            _made.Position = 0;
            _progress(_files.Current);
        }
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        long position = origin switch
        {
            SeekOrigin.Current => _position + offset,
            SeekOrigin.End => Length + offset,
            _ => offset,
        };
        if (position == 0)
        {
            _files.Dispose();
            _made.SetLength(0);
            _files = Make().GetEnumerator();
            _position = 0;
        }

        return position == _position
            ? position
            : throw new NotSupportedException("a pack is read from its beginning to its end");
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _files.Dispose();
        base.Dispose(disposing);
    }

    // Each step leaves the next piece of the tar in the buffer, and says how many bytes of the pack's files are in it.
    private IEnumerable<long> Make()
    {
        using (TarWriter writer = new(_made, TarEntryFormat.Ustar, leaveOpen: true))
        {
            Add(writer, PackManifest.Name, new MemoryStream(_plan.Json));
            yield return 0;
            foreach (PackedFile file in _plan.Manifest.Files)
            {
                _ct.ThrowIfCancellationRequested();
                using (Stream content = _plan.Open(file))
                {
                    if (content.Length != file.Size || PackPlan.Hash(content) != file.Sha256)
                    {
                        throw new InvalidDataException(
                            $"{file.Name} is not what it was when it was hashed"
                        );
                    }

                    content.Position = 0;
                    Add(writer, file.Name, content);
                }

                yield return file.Size;
            }

            Add(writer, PackEnd.Name, new MemoryStream(_plan.End));
        }

        yield return 0;
    }

    private void Add(TarWriter writer, string name, Stream content) =>
        writer.WriteEntry(
            new UstarTarEntry(TarEntryType.RegularFile, name)
            {
                Mode =
                    UnixFileMode.UserRead
                    | UnixFileMode.UserWrite
                    | UnixFileMode.GroupRead
                    | UnixFileMode.OtherRead,
                ModificationTime = _plan.Manifest.Created,
                DataStream = content,
            }
        );
}
