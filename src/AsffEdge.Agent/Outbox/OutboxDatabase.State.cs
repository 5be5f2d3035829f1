using Microsoft.Data.Sqlite;

namespace AsffEdge.Agent.Outbox;

/// <content>What was told and is not over: open tracks, and counts that the broker retains.</content>
internal sealed partial class OutboxDatabase
{
    /// <summary>The tracks that are open.</summary>
    public List<OpenTrack> OpenTracks()
    {
        using SqliteCommand command = _connection.Command(
            "SELECT track, topic, last_event FROM open_tracks"
        );
        List<OpenTrack> tracks = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            tracks.Add(new OpenTrack(row.GetString(0), row.GetString(1), (byte[])row.GetValue(2)));
        }

        return tracks;
    }

    /// <summary>Makes these, and no others, the tracks that are open. Writes in any case, so that it fails where the disk does.</summary>
    public void ReplaceOpenTracks(IEnumerable<OpenTrack> tracks)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        _connection.Execute("UPDATE owner SET name = name; DELETE FROM open_tracks");
        foreach (OpenTrack open in tracks)
        {
            _connection.Execute(
                OpenSql,
                ("$track", open.Track),
                ("$topic", open.Topic),
                ("$payload", open.LastEvent)
            );
        }

        transaction.Commit();
    }

    /// <summary>The topics of counts that were ever told.</summary>
    public List<string> Counts()
    {
        using SqliteCommand command = _connection.Command("SELECT topic FROM counts");
        List<string> topics = [];
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            topics.Add(row.GetString(0));
        }

        return topics;
    }

    /// <summary>Remembers the topic of a count.</summary>
    public void RememberCount(string topic) =>
        _connection.Execute("INSERT OR IGNORE INTO counts VALUES ($topic)", ("$topic", topic));
}
