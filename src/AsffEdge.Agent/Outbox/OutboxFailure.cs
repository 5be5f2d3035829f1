using Microsoft.Data.Sqlite;

namespace AsffEdge.Agent.Outbox;

/// <summary>What the errors of the outbox's database mean. The numbers are SQLite's result codes.</summary>
internal static class OutboxFailure
{
    private const int General = 1; // a table or a column is missing
    private const int Malformed = 11;
    private const int Full = 13;
    private const int NotADatabase = 26;

    /// <summary>Whether it is one that a disk or a file can cause.</summary>
    public static bool IsExpected(Exception error) =>
        error
            is SqliteException
                or InvalidDataException
                or IOException
                or UnauthorizedAccessException;

    /// <summary>Whether the disk is full.</summary>
    public static bool IsFull(Exception error) =>
        error is SqliteException { SqliteErrorCode: Full };

    /// <summary>Whether the file's content is at fault, and not the disk or its rights.</summary>
    public static bool IsDamage(Exception error) =>
        error
            is InvalidDataException
                or SqliteException { SqliteErrorCode: General or Malformed or NotADatabase };
}
