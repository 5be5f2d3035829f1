using AsffEdge.Agent.Health;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Outbox;

/// <summary>
/// The outbox's database through all that disks do: one that fails is left alone for a while and tried again, a damaged file is set aside
/// and a new one begun. Not thread-safe.
/// </summary>
internal sealed class OutboxDisk
{
    private const double ReserveMb = 2; // removing takes room too: a disk filled to its last byte could never be emptied
    private const long RecoverBytes = 256 << 10;
    private const double BytesPerMb = 1 << 20;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly string _owner;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<OutboxDatabase> _opened;
    private OutboxDatabase? _database;
    private long? _failedAt;
    private bool _wasChecked;
    private string? _problem;
    private string? _whyRemoved;

    /// <param name="path">The file.</param>
    /// <param name="owner">Whose messages these are.</param>
    /// <param name="opened">Called when it is open, also when it is again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public OutboxDisk(
        string path,
        string owner,
        Action<OutboxDatabase> opened,
        TimeProvider time,
        ILogger logger
    )
    {
        _path = path;
        _owner = owner;
        _opened = opened;
        _time = time;
        _logger = logger;
    }

    /// <summary>Why it cannot be used; null: it can.</summary>
    public string? Problem => _problem ?? _whyRemoved;

    /// <summary>Messages in files that were set aside, as far as known.</summary>
    public long Lost { get; private set; }

    /// <summary>Messages on disk.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes counted for them.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether it can be used, or may be tried again by now.</summary>
    public bool IsDue => _failedAt is not { } failed || _time.GetElapsedTime(failed) >= RetryAfter;

    /// <summary>Opens the file, or makes it.</summary>
    public bool TryOpen()
    {
        if (_database is not null)
        {
            return true;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            try
            {
                Open(isChecked: !_wasChecked);
            }
            catch (Exception error) when (OutboxFailure.IsDamage(error))
            {
                Close();
                SetAside(error.Message);
                Open(isChecked: false);
            }

            return true;
        }
        catch (Exception error) when (OutboxFailure.IsExpected(error))
        {
            Close();
            Fail(error.Message);
            return false;
        }
    }

    /// <summary>Does something with the database.</summary>
    /// <returns>False when that fails, or when there is no database.</returns>
    public bool Try(Action<OutboxDatabase> work)
    {
        if (_database is not { } database)
        {
            return false;
        }

        try
        {
            work(database);
            return true;
        }
        catch (Exception error) when (OutboxFailure.IsExpected(error))
        {
            if (OutboxFailure.IsFull(error))
            {
                // What is there can still be read and sent.
                Fail(error.Message);
                return false;
            }

            Close();
            if (!OutboxFailure.IsDamage(error))
            {
                Fail(error.Message);
            }
            else if (TrySetAside(error.Message))
            {
                TryOpen();
            }

            return false;
        }
    }

    /// <summary>Adds messages, all or none.</summary>
    public bool TryAdd(IReadOnlyCollection<OutboxMessage> messages)
    {
        long bytes = messages.Sum(message => (long)message.Size);
        if (WhyNoRoom(bytes) is { } problem)
        {
            // Not to be left alone for a while: what the broker has is to be removed meanwhile.
            NoteProblem(problem);
            return false;
        }

        return Try(database =>
        {
            database.Add(messages);
            Count += messages.Count;
            Bytes += bytes;
        });
    }

    /// <summary>Removes messages.</summary>
    /// <param name="remove">Removes them, and says how many, and the bytes counted for them.</param>
    /// <returns>How many; null when that fails, or when it failed a moment ago.</returns>
    public long? Remove(Func<OutboxDatabase, (long Count, long Bytes)> remove)
    {
        long? removed = null;
        if (IsDue)
        {
            Try(database =>
            {
                (removed, long bytes) = remove(database);
                Count -= removed.Value;
                Bytes -= bytes;
            });
        }

        return removed;
    }

    /// <summary>
    /// Looks whether the file is still there. Somebody may have removed it, and what is written then is gone with the process: what is in it is
    /// put back where it was.
    /// </summary>
    public void Restore()
    {
        if (_database is not { } database || File.Exists(_path))
        {
            _whyRemoved = null;
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            database.CopyTo(_path);
        }
        catch (Exception error) when (OutboxFailure.IsExpected(error))
        {
            if (_whyRemoved is null)
            {
                Log.Failed(_logger, _path, error.Message);
            }

            _whyRemoved = $"its file was removed and cannot be written again: {error.Message}";
            return;
        }

        Log.Restored(_logger, _path, Count);
        _whyRemoved = null;
        Close();
        TryOpen();
    }

    /// <summary>Something was written, so all is well.</summary>
    public void NoteSuccess()
    {
        if (_problem is not null)
        {
            Log.Recovered(_logger, _path);
        }

        (_problem, _failedAt) = (null, null);
    }

    /// <summary>Closes the file.</summary>
    public void Close()
    {
        _database?.Dispose();
        _database = null;
    }

    // Twice the bytes: in the log, and then in the database. What was removed from that leaves room in it.
    private string? WhyNoRoom(long bytes)
    {
        if (
            SystemMeter.DiskFreeMb(Path.GetDirectoryName(_path)!) is not { } freeMb
            || freeMb >= ReserveMb + (2 * bytes / BytesPerMb)
        )
        {
            return null;
        }

        // Once it is full, more than a message's room, so that it does not come and go with every message.
        long needed = (2 * bytes) + (_problem is null ? 0 : RecoverBytes);
        long free = 0;
        return Try(database => free = database.FreeBytes()) && free < needed
            ? $"its disk is full but for {freeMb} MiB, which are for removing what the broker has"
            : null;
    }

    private void Open(bool isChecked)
    {
        OutboxDatabase database = OutboxDatabase.Open(_path, _owner, isChecked);
        _database = database;
        (Count, Bytes) = database.Measure();
        _opened(database);
        _wasChecked = true;
    }

    private void Fail(string problem)
    {
        _failedAt = _time.GetTimestamp();
        NoteProblem(problem);
    }

    private void NoteProblem(string problem)
    {
        if (_problem is null)
        {
            Log.Failed(_logger, _path, problem);
        }

        _problem = problem;
    }

    private bool TrySetAside(string reason)
    {
        try
        {
            SetAside(reason);
            return true;
        }
        catch (Exception error) when (OutboxFailure.IsExpected(error))
        {
            Fail($"{reason}; it cannot be set aside: {error.Message}");
            return false;
        }
    }

    // One damaged file is kept for whoever wants to look at it; more would fill the disk.
    private void SetAside(string reason)
    {
        string aside = _path + ".damaged";
        foreach (string suffix in (string[])["", "-wal", "-journal", "-shm"])
        {
            File.Delete(aside + suffix);
            if (File.Exists(_path + suffix))
            {
                File.Move(_path + suffix, aside + suffix);
            }
        }

        Log.SetAside(_logger, _path, reason, aside, Count);
        Lost += Count;
        (Count, Bytes) = (0, 0);
    }
}
