namespace AsffEdge.Agent.Footage;

/// <summary>The file to which lines are appended, whole or not at all.</summary>
internal static class JournalFile
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>Whether nothing is in it.</summary>
    public static bool IsEmpty(FootageDay day) =>
        new FileInfo(day.Journal) is not { Exists: true, Length: > 0 };

    /// <summary>Appends lines, and waits until they are on disk.</summary>
    /// <exception cref="IOException">That failed; the file is as it was, or will be when it is next written.</exception>
    public static void Append(FootageDay day, ReadOnlySpan<byte> lines)
    {
        using FileStream file = Open(day, FileMode.OpenOrCreate);
        Cut(file);
        long length = file.Length;
        try
        {
            file.Position = length;
            file.Write(lines);
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            file.SetLength(length);
            throw;
        }
    }

    /// <summary>Cuts off a last line without its end, which a power cut left.</summary>
    public static void Cut(FootageDay day)
    {
        if (!IsEmpty(day))
        {
            using FileStream file = Open(day, FileMode.Open);
            Cut(file);
        }
    }

    private static FileStream Open(FootageDay day, FileMode mode) =>
        new(day.Journal, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 0);

    private static void Cut(FileStream file)
    {
        long end = file.Length;
        Span<byte> block = stackalloc byte[4096];
        while (end > 0)
        {
            long start = Math.Max(0, end - block.Length);
            Span<byte> part = block[..(int)(end - start)];
            file.Position = start;
            file.ReadExactly(part);
            int last = part.LastIndexOf(LineFeed);
            if (last >= 0)
            {
                end = start + last + 1;
                break;
            }

            end = start;
        }

        if (end < file.Length)
        {
            file.SetLength(end);
        }
    }
}
