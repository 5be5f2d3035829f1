using System.Globalization;
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

    // At less, eight megabytes would take hours, and nobody would be told that they do.
    private const int SlowestBytesPerS = 1024;
    private static readonly TimeSpan SlowFor = TimeSpan.FromMinutes(5);

    private readonly FileStream _file;
    private readonly int _minFreeMb;
    private readonly Action<long> _progress;
    private readonly TimeProvider _time;
    private long _lookedAt;
    private long _timedFrom;
    private long _cameSince;

    /// <summary>Opens what is here of it, or begins it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">Bytes that it is to have.</param>
    /// <param name="minFreeMb">MiB that are to stay free on its disk.</param>
    /// <param name="progress">Told how many bytes are here.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public IncomingFile(
        string path,
        long size,
        int minFreeMb,
        Action<long> progress,
        TimeProvider time
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // No buffer: what could not be written would come up again when it is closed.
        _file = new FileStream(
            path,
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.Read,
            bufferSize: 0
        );
        (Size, _minFreeMb, _progress, _time) = (size, minFreeMb, progress, time);
        _timedFrom = time.GetTimestamp();
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

    /// <summary>Sees, before anything is asked for, that there is room for what is missing.</summary>
    /// <exception cref="DocumentRejectedException">There is not; what was here of it is gone, so that there is room for others.</exception>
    public void RequireRoom()
    {
        _lookedAt = Length;
        double neededMb = (Size - Length) / BytesPerMib;
        if (
            SystemMeter.DiskFreeMb(Path.GetDirectoryName(_file.Name)!) is { } freeMb
            && freeMb - neededMb < _minFreeMb
        )
        {
            throw GiveBack(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{freeMb} MiB are free on the disk of {Path.GetDirectoryName(_file.Name)}; {neededMb:0.#} MiB are still to come, and mqtt.outbox.min_free_mb ({_minFreeMb}) must be left"
                )
            );
        }
    }

    /// <summary>Adds bytes.</summary>
    /// <exception cref="DocumentRejectedException">
    /// There is no room for them, and what was here of it is gone, so that there is room for others; or they come too slowly, and what is here is kept.
    /// </exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Length - _lookedAt >= LookEvery)
        {
            RequireRoom();
        }

        try
        {
            _file.Write(bytes);
        }
        catch (IOException error)
        {
            throw GiveBack(error.Message);
        }

        _progress(Length);
        RequirePace(bytes.Length);
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

    // A server that sends a byte now and then would never be given up otherwise.
    private void RequirePace(int came)
    {
        _cameSince += came;
        TimeSpan elapsed = _time.GetElapsedTime(_timedFrom);
        if (IsWhole || elapsed < SlowFor)
        {
            return;
        }

        if (_cameSince < SlowestBytesPerS * elapsed.TotalSeconds)
        {
            throw new DocumentRejectedException(
                ResultCode.NotFetched,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the file comes too slowly: {_cameSince} bytes in {elapsed.TotalSeconds:F0} s; expected at least {SlowestBytesPerS} a second. {Length} of {Size} bytes are here, and asking again goes on from there"
                )
            );
        }

        (_timedFrom, _cameSince) = (_time.GetTimestamp(), 0);
    }

    private DocumentRejectedException GiveBack(string why)
    {
        try
        {
            _file.SetLength(0);
        }
        // What could not even be made shorter takes no more room than it did.
        catch (IOException) { }

        return new DocumentRejectedException(ResultCode.Failed, $"the file cannot be kept: {why}");
    }
}
