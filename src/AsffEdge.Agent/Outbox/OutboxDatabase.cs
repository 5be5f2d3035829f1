using Microsoft.Data.Sqlite;

namespace AsffEdge.Agent.Outbox;

/// <summary>
/// The outbox's file: an SQLite database in write-ahead mode, of which a crash leaves the last whole transaction, a power cut too. Messages
/// carry a checksum, because the database notices damage to its structure only. Not thread-safe.
/// </summary>
internal sealed partial class OutboxDatabase : IDisposable
{
    private const int Version = 1;
    private const int LockedForS = 1; // by another process, until that is an error
    private const string OpenSql =
        "INSERT OR REPLACE INTO open_tracks VALUES ($track, $topic, $payload)";

    private const string Schema = """
        CREATE TABLE messages (
            id INTEGER PRIMARY KEY,
            kind INTEGER NOT NULL,
            created_ms INTEGER NOT NULL,
            topic TEXT NOT NULL,
            payload BLOB NOT NULL,
            size INTEGER NOT NULL,
            checksum INTEGER NOT NULL
        );
        CREATE INDEX detections ON messages (id) WHERE kind = 1;
        CREATE TABLE open_tracks (track TEXT PRIMARY KEY, topic TEXT NOT NULL, last_event BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE counts (topic TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE owner (name TEXT NOT NULL);
        INSERT INTO owner VALUES ($owner);
        """;

    private readonly SqliteConnection _connection;

    private OutboxDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="owner">Whose messages these are.</param>
    /// <param name="isChecked">Whether to look for damage, which reads all of it.</param>
    /// <exception cref="InvalidDataException">It is damaged, of another version or another owner's.</exception>
    /// <exception cref="SqliteException">It cannot be opened, read or written.</exception>
    public static OutboxDatabase Open(string path, string owner, bool isChecked)
    {
        SqliteConnection connection = new(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Pooling = false,
                DefaultTimeout = LockedForS,
            }.ToString()
        );
        OutboxDatabase database = new(connection);
        try
        {
            connection.Open();
            database.Prepare(owner, isChecked);
            return database;
        }
        catch (SqliteException error) when (OutboxFailure.IsDamage(error))
        {
            database.Dispose();
            throw new InvalidDataException(error.Message, error);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>How many messages there are, and the bytes counted for them.</summary>
    public (long Count, long Bytes) Measure()
    {
        using SqliteCommand command = _connection.Command(
            "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM messages"
        );
        using SqliteDataReader row = command.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>Bytes in the file that what was removed has left free.</summary>
    public long FreeBytes() =>
        (long)_connection.Scalar("PRAGMA freelist_count")
        * (long)_connection.Scalar("PRAGMA page_size");

    /// <summary>Id and time of the newest message; zeros when there is none.</summary>
    public (long Id, long Ms) Newest()
    {
        using SqliteCommand command = _connection.Command(
            "SELECT id, created_ms FROM messages ORDER BY id DESC LIMIT 1"
        );
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : default;
    }

    /// <summary>Adds messages and notes which tracks they leave open, all or nothing.</summary>
    public void Add(IReadOnlyCollection<OutboxMessage> messages)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using SqliteCommand insert = _connection.Command(
            "INSERT INTO messages VALUES ($id, $kind, $created, $topic, $payload, $size, $checksum)"
        );
        using SqliteCommand open = _connection.Command(OpenSql);
        using SqliteCommand close = _connection.Command(
            "DELETE FROM open_tracks WHERE track = $track"
        );
        foreach (OutboxMessage message in messages)
        {
            OutboxEntry entry = message.Entry;
            insert.Run(
                ("$id", message.Id),
                ("$kind", (int)entry.Kind),
                ("$created", message.CreatedMs),
                ("$topic", entry.Topic),
                ("$payload", entry.Payload),
                ("$size", message.Size),
                ("$checksum", Crc32C.Of(entry.Topic, entry.Payload))
            );
            if (entry.Track is { } track && entry.EndsTrack)
            {
                close.Run(("$track", track));
            }
            else if (entry.Track is { } going)
            {
                open.Run(("$track", going), ("$topic", entry.Topic), ("$payload", entry.Payload));
            }
        }

        transaction.Commit();
    }

    /// <summary>The oldest messages after an id.</summary>
    /// <param name="after">The id.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="damaged">Takes the ids of those whose content is not what was written.</param>
    public List<OutboxMessage> Read(long after, int most, List<long> damaged)
    {
        using SqliteCommand command = _connection.Command(
            "SELECT id, kind, created_ms, topic, payload, checksum FROM messages WHERE id > $after ORDER BY id LIMIT $most",
            ("$after", after),
            ("$most", most)
        );
        List<OutboxMessage> messages = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            string topic = row.GetString(3);
            byte[] payload = (byte[])row.GetValue(4);
            if (Crc32C.Of(topic, payload) != row.GetInt64(5))
            {
                damaged.Add(row.GetInt64(0));
                continue;
            }

            OutboxEntry entry = new((OutboxKind)row.GetInt32(1), topic, payload);
            messages.Add(new OutboxMessage(row.GetInt64(0), row.GetInt64(2), entry));
        }

        return messages;
    }

    /// <summary>When the oldest message behind an id came; null: there is none.</summary>
    public long? OldestMs(long after = 0)
    {
        using SqliteCommand command = _connection.Command(
            "SELECT created_ms FROM messages WHERE id > $after ORDER BY id LIMIT 1",
            ("$after", after)
        );
        return (long?)command.ExecuteScalar();
    }

    /// <summary>How many messages there are up to an id.</summary>
    public long CountTo(long id)
    {
        using SqliteCommand command = _connection.Command(
            "SELECT COUNT(*) FROM messages WHERE id <= $id",
            ("$id", id)
        );
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Removes the messages up to an id.</summary>
    /// <returns>How many, and the bytes counted for them.</returns>
    public (long Count, long Bytes) RemoveTo(long id) => Remove("id <= $limit", id);

    /// <summary>Removes one message.</summary>
    public (long Count, long Bytes) Remove(long id) => Remove("id = $limit", id);

    /// <summary>Removes the messages from before a time.</summary>
    public (long Count, long Bytes) RemoveBefore(long ms) => Remove("created_ms < $limit", ms);

    /// <summary>Removes the oldest messages of a kind, until enough bytes are free or none is left; all of them by default.</summary>
    public (long Count, long Bytes) RemoveOldest(OutboxKind kind, long bytes = long.MaxValue)
    {
        using SqliteCommand command = _connection.Command(
            "SELECT id, size FROM messages WHERE kind = $kind ORDER BY id",
            ("$kind", (int)kind)
        );
        long freed = 0;
        long last = 0;
        using (SqliteDataReader row = command.ExecuteReader())
        {
            while (freed < bytes && row.Read())
            {
                last = row.GetInt64(0);
                freed += row.GetInt64(1);
            }
        }

        return last == 0 ? default : Remove($"kind = {(int)kind} AND id <= $limit", last);
    }

    /// <summary>Writes what it holds into a new file: a temporary one first, so that it is there whole or not at all.</summary>
    /// <exception cref="SqliteException">It cannot be written.</exception>
    /// <exception cref="IOException">The same.</exception>
    public void CopyTo(string path)
    {
        string temporary = path + ".tmp";
        File.Delete(temporary);
        try
        {
            _connection.Execute("VACUUM INTO $path", ("$path", temporary));
            File.Move(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Prepare(string owner, bool isChecked)
    {
        // One process alone: two agents on one folder would send each other's messages.
        _connection.Execute(
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576;"
        );
        long version = (long)_connection.Scalar("PRAGMA user_version");
        long tables = (long)_connection.Scalar("SELECT COUNT(*) FROM sqlite_schema");
        if (version == 0 && tables == 0)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            _connection.Execute($"{Schema} PRAGMA user_version = {Version};", ("$owner", owner));
            transaction.Commit();
            return;
        }

        if (version != Version)
        {
            throw new InvalidDataException(
                $"its version is {version}; this agent knows version {Version}"
            );
        }

        if (
            isChecked
            && _connection.Scalar("PRAGMA quick_check(1)") is string check
            && check != "ok"
        )
        {
            throw new InvalidDataException(check);
        }

        string found = (string)_connection.Scalar("SELECT name FROM owner");
        if (found != owner)
        {
            throw new InvalidDataException($"it holds messages of {found}, not of {owner}");
        }
    }

    private (long Count, long Bytes) Remove(string condition, long limit)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        long bytes = (long)
            _connection.Scalar(
                $"SELECT COALESCE(SUM(size), 0) FROM messages WHERE {condition}",
                ("$limit", limit)
            );
        int count = _connection.Execute(
            $"DELETE FROM messages WHERE {condition}",
            ("$limit", limit)
        );
        transaction.Commit();
        return (count, bytes);
    }
}
