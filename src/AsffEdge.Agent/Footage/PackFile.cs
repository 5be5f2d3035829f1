using System.Formats.Tar;
using System.Text.Json;

namespace AsffEdge.Agent.Footage;

/// <summary>A pack that is being written. The bytes follow from the plan alone, so one that was cut anywhere is continued where it is good.</summary>
internal static class PackFile
{
    private const int Block = 512;

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
        int done = Check(file, plan, progress, out long good);
        file.SetLength(good);
        file.Position = good;
        using (TarWriter writer = new(file, TarEntryFormat.Ustar, leaveOpen: true))
        {
            if (done == 0)
            {
                Add(writer, plan, PackManifest.Name, new MemoryStream(plan.Json));
            }

            foreach (PackedFile next in plan.Manifest.Files.Skip(Math.Max(0, done - 1)))
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

        file.Flush(flushToDisk: true);
    }

    /// <returns>How many entries are good, and where they end.</returns>
    private static int Check(FileStream file, PackPlan plan, Action<long> progress, out long good)
    {
        good = 0;
        PackedFile[] expected =
        [
            new(PackManifest.Name, plan.Json.Length, PackPlan.Hash(plan.Json)),
            .. plan.Manifest.Files,
        ];
        using TarReader reader = new(file, leaveOpen: true);
        for (int done = 0; done < expected.Length; done++)
        {
            PackedFile next = expected[done];
            if (
                Next(reader) is not { EntryType: TarEntryType.RegularFile } entry
                || entry.Name != next.Name
                || entry.Length != next.Size
                || WholeContent(entry) is not { } content
                || PackPlan.Hash(content) != next.Sha256
            )
            {
                return done;
            }

            good += Block + ((next.Size + Block - 1) / Block * Block);
            if (good > file.Length)
            {
                // Its padding is cut.
                good -= Block + ((next.Size + Block - 1) / Block * Block);
                return done;
            }

            progress(done > 0 ? next.Size : 0);
        }

        return expected.Length;
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
