using System.Security.Cryptography;
using AsffEdge.Agent.Health;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models.Fetching;

/// <summary>
/// The part of a model's file that is here: always its beginning, so that its length says where to go on, whoever brings the rest. Whether it is
/// the right one only the hash of the whole says.
/// </summary>
internal sealed class IncomingFile : IDisposable
{
    private const long LookEvery = 8 * 1024 * 1024;
    private const double BytesPerMib = 1024 * 1024;

    private readonly FileStream _file;
    private readonly int _minFreeMb;
    private readonly Action<long> _progress;
    private long _lookedAt = -LookEvery;

    /// <summary>Opens what is here of it, or begins it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">Bytes that it is to have.</param>
    /// <param name="minFreeMb">MiB that are to stay free on its disk.</param>
    /// <param name="progress">Told how many bytes are here.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public IncomingFile(string path, long size, int minFreeMb, Action<long> progress)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        (Size, _minFreeMb, _progress) = (size, minFreeMb, progress);
        if (_file.Length > size)
        {
            _file.SetLength(0);
        }

        _file.Position = _file.Length;
    }

    /// <summary>Bytes that it is to have.</summary>
    public long Size { get; }

    /// <summary>Bytes that are here.</summary>
    public long Length => _file.Length;

    /// <summary>Whether all of it is here.</summary>
    public bool IsWhole => Length == Size;

    /// <summary>Adds bytes.</summary>
    /// <exception cref="DocumentRejectedException">There is no room for it; what was here of it is gone, so that there is room for others.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RequireRoom();
            _file.Write(bytes);
        }
        catch (IOException error)
        {
            GiveBack();
            throw new DocumentRejectedException(
                ResultCode.Failed,
                $"the file cannot be kept: {error.Message}"
            );
        }

        _progress(Length);
    }

    /// <summary>Drops what is beyond a length.</summary>
    public void Truncate(long length)
    {
        _file.SetLength(length);
        _file.Position = length;
        _progress(length);
    }

    /// <summary>Writes all of it to disk and hashes it.</summary>
    /// <returns>Its SHA-256, lower-case hexadecimal.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public string Complete()
    {
        _file.Flush(flushToDisk: true);
        _file.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(_file));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // The last megabytes are for events; a model can come another time.
    private void RequireRoom()
    {
        if (Length - _lookedAt < LookEvery)
        {
            return;
        }

        _lookedAt = Length;
        double neededMb = (Size - Length) / BytesPerMib;
        if (
            SystemMeter.DiskFreeMb(Path.GetDirectoryName(_file.Name)!) is { } freeMb
            && freeMb - neededMb < _minFreeMb
        )
        {
            throw new IOException(
                $"{freeMb} MiB are free on the disk of {_file.Name}; {neededMb:0.#} MiB are still to come, and mqtt.outbox.min_free_mb ({_minFreeMb}) must be left"
            );
        }
    }

    private void GiveBack()
    {
        try
        {
            _file.SetLength(0);
        }
        // What could not even be made shorter takes no more room than it did.
        catch (IOException) { }
    }
}
