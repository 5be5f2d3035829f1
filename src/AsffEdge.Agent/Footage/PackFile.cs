using System.Formats.Tar;
using System.Text.Json;

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
        using (
            TarWriter writer = new(
                new ContinuingStream(file),
                TarEntryFormat.Ustar,
                leaveOpen: true
            )
        )
        {
            Add(writer, plan, PackManifest.Name, new MemoryStream(plan.Json));
            foreach (PackedFile next in plan.Manifest.Files)
            {
                ct.ThrowIfCancellationRequested();
                using Stream content = plan.Open(next);
                if (content.Length != next.Size || PackPlan.Hash(content) != next.Sha256)
                {
                    throw new InvalidDataException(
                        $"{next.Name} is not what it was when it was hashed; delete {path} and pack again"
                    );
                }

                content.Position = 0;
                Add(writer, plan, next.Name, content);
                progress(next.Size);
            }

            PackEnd end = new(
                PackManifest.CurrentFormat,
                plan.Manifest.Files.Count,
                plan.Bytes,
                PackPlan.Hash(plan.Json)
            );
            Add(
                writer,
                plan,
                PackEnd.Name,
                new MemoryStream(
                    JsonSerializer.SerializeToUtf8Bytes(end, FootageJson.Readable.PackEnd)
                )
            );
        }

        file.SetLength(file.Position);
        file.Flush(flushToDisk: true);
    }

    private static void Add(TarWriter writer, PackPlan plan, string name, Stream content) =>
        writer.WriteEntry(
            new UstarTarEntry(TarEntryType.RegularFile, name)
            {
                Mode =
                    UnixFileMode.UserRead
                    | UnixFileMode.UserWrite
                    | UnixFileMode.GroupRead
                    | UnixFileMode.OtherRead,
                ModificationTime = plan.Manifest.Created,
                DataStream = content,
            }
        );

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
