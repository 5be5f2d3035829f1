using System.Formats.Tar;

namespace AsffEdge.Agent.Footage;

/// <summary>A pack that is being written. The bytes follow from the plan alone, so one that was cut anywhere is continued where it is good.</summary>
internal static class PackFile
{
    /// <summary>The bytes of <c>pack.json</c> in a pack that was begun; null where that is not whole.</summary>
    public static byte[]? ManifestOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        using TarReader reader = new(file);
        return
            Next(reader) is { Name: PackManifest.Name, Length: <= PackPlan.MostManifestBytes } entry
            ? WholeContent(entry)
            : null;
    }

    /// <summary>Writes a pack, or what is missing of it, and syncs it.</summary>
    /// <param name="path">The file; what is in it already is checked.</param>
    /// <param name="plan">What goes into it.</param>
    /// <param name="progress">Told the bytes of files that are in it.</param>
    /// <param name="ct">Ends it early; what is written can be continued.</param>
    /// <exception cref="FileNotFoundException">A picture was removed meanwhile.</exception>
    /// <exception cref="InvalidDataException">A file is not what it was when it was hashed.</exception>
    public static void Write(
        string path,
        PackPlan plan,
        Action<long> progress,
        CancellationToken ct
    )
    {
        using FileStream file = new(
            path,
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.None
        );
        using PackStream pack = new(plan, progress, ct);
        try
        {
            pack.CopyTo(new ContinuingStream(file));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{error.Message}; delete {path} and pack again", error);
        }

        file.SetLength(file.Position);
        file.Flush(flushToDisk: true);
    }

    private static TarEntry? Next(TarReader reader)
    {
        try
        {
            return reader.GetNextEntry();
        }
        catch (Exception error)
            when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            return null;
        }
    }

    private static byte[]? WholeContent(TarEntry entry)
    {
        byte[] content = new byte[entry.Length];
        return
            (entry.DataStream?.ReadAtLeast(content, content.Length, false) ?? 0) == content.Length
            ? content
            : null;
    }
}
