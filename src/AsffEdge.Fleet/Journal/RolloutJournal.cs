using System.Text.Json;
using AsffEdge.Fleet.Connection;

namespace AsffEdge.Fleet.Journal;

/// <summary>
/// What this user has rolled out, in a file to which lines are added and nothing else: the broker keeps only the last document of each agent.
/// A line is written whole and reaches the disk before anything is sent; one that a power cut has torn is passed over.
/// </summary>
internal sealed class RolloutJournal(string path)
{
    private const string FileName = "rollouts.jsonl";
    private const byte NewLine = (byte)'\n';
    private static readonly TimeSpan LockedFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TryEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Where it lies.</summary>
    public string Path => path;

    /// <summary>The journal of the user of this process; null: the user has no home.</summary>
    public static RolloutJournal? Find(IReadOnlyDictionary<string, string> environment) =>
        UserFolders.State(environment) is { } folder
            ? new RolloutJournal(System.IO.Path.Combine(folder, FileName))
            : null;

    /// <summary>Adds a line.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public void Append(JournalLine line)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using FileStream file = Open(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        List<byte> bytes = [];
        if (file.Length > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() != NewLine)
            {
                bytes.Add(NewLine); // the line before was torn
            }
        }

        bytes.AddRange(JsonSerializer.SerializeToUtf8Bytes(line, JournalJson.Default.JournalLine));
        bytes.Add(NewLine);
        file.Seek(0, SeekOrigin.End);
        file.Write([.. bytes]);
        file.Flush(flushToDisk: true);
    }

    /// <summary>All lines, oldest first.</summary>
    /// <param name="unreadable">Takes the numbers of lines that cannot be read.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public IReadOnlyList<JournalLine> Read(ICollection<int> unreadable)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using FileStream file = Open(FileMode.Open, FileAccess.Read, FileShare.Read);
        using StreamReader reader = new(file);
        List<JournalLine> lines = [];
        for (int number = 1; reader.ReadLine() is { } text; number++)
        {
            try
            {
                JournalLine? line = JsonSerializer.Deserialize(
                    text,
                    JournalJson.Default.JournalLine
                );
                // A constructor's parameter that is left out is null, whatever its type says.
                lines.Add(line?.Id is null ? throw new JsonException("no id") : line);
            }
            catch (Exception error) when (error is JsonException or NotSupportedException)
            {
                unreadable.Add(number);
            }
        }

        return lines;
    }

    // Another asff-fleet may be at it, for as long as a line takes.
    private FileStream Open(FileMode mode, FileAccess access, FileShare share)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, mode, access, share);
            }
            catch (IOException)
                when (File.Exists(path) && TimeProvider.System.GetElapsedTime(started) < LockedFor)
            {
                Thread.Sleep(TryEvery);
            }
        }
    }
}
