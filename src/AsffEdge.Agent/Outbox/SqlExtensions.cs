using Microsoft.Data.Sqlite;

namespace AsffEdge.Agent.Outbox;

/// <summary>Runs SQL with values for its parameters.</summary>
internal static class SqlExtensions
{
    /// <summary>A command with values.</summary>
    public static SqliteCommand Command(
        this SqliteConnection connection,
        string sql,
        params ReadOnlySpan<(string, object)> values
    )
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Bind(values);
        return command;
    }

    /// <summary>Runs a command.</summary>
    /// <returns>How many rows it changed.</returns>
    public static int Execute(
        this SqliteConnection connection,
        string sql,
        params ReadOnlySpan<(string, object)> values
    )
    {
        using SqliteCommand command = connection.Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>The first value of the first row.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static object Scalar(
        this SqliteConnection connection,
        string sql,
        params ReadOnlySpan<(string, object)> values
    )
    {
        using SqliteCommand command = connection.Command(sql, values);
        return command.ExecuteScalar() ?? throw new InvalidDataException($"{sql}: no answer");
    }

    /// <summary>Runs a command again, with other values.</summary>
    public static void Run(this SqliteCommand command, params ReadOnlySpan<(string, object)> values)
    {
        command.Parameters.Clear();
        command.Bind(values);
        command.ExecuteNonQuery();
    }

    private static void Bind(this SqliteCommand command, ReadOnlySpan<(string, object)> values)
    {
        foreach ((string name, object value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }
    }
}
