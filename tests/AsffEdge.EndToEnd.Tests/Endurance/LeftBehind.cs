using System.Text.Json;
using AsffEdge.Messaging;
using Microsoft.Data.Sqlite;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>What a killed agent leaves in its state directory, looked at in a copy, so that the next process finds it untouched.</summary>
internal sealed record LeftBehind(
    IReadOnlyList<(string Boot, long EventSeq)> Waiting,
    long OpenTracks,
    long Revision
)
{
    /// <summary>Looks at a state directory. Fails the test where something in it is torn.</summary>
    public static LeftBehind In(string folder)
    {
        using TemporaryFolder copy = new();
        foreach (string file in Directory.GetFiles(folder))
        {
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));
        }

        long revision = 0;
        string desired = Path.Combine(copy.Path, "desired.json");
        if (File.Exists(desired))
        {
            using JsonDocument stored = JsonDocument.Parse(File.ReadAllBytes(desired));
            JsonElement sources = stored.RootElement.GetProperty("sources");
            revision = sources.TryGetProperty("agent", out JsonElement agent)
                ? agent.GetProperty("document").GetProperty("rev").GetInt64()
                : 0;
        }

        string outbox = Path.Combine(copy.Path, "outbox.db");
        return File.Exists(outbox) ? WithOutbox(outbox, revision) : new LeftBehind([], 0, revision);
    }

    private static LeftBehind WithOutbox(string file, long revision)
    {
        using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", command.ExecuteScalar());
        List<(string, long)> waiting = [];
        command.CommandText = "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'messages'";
        if ((long)command.ExecuteScalar()! == 0)
        {
            return new LeftBehind([], 0, revision); // killed before its first transaction
        }

        command.CommandText = "SELECT payload FROM messages ORDER BY id";
        using (SqliteDataReader row = command.ExecuteReader())
        {
            while (row.Read())
            {
                waiting.Add(
                    EventLedger.Key(
                        JsonSerializer.Deserialize(
                            (byte[])row.GetValue(0),
                            MessageJson.Wire.TrackMessage
                        )!
                    )
                );
            }
        }

        command.CommandText = "SELECT COUNT(*) FROM open_tracks";
        return new LeftBehind(waiting, (long)command.ExecuteScalar()!, revision);
    }
}
