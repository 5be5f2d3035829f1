using System.Runtime.InteropServices;

namespace AsffEdge.Control.Profiles;

/// <summary>Replaces files so that after a crash or a power cut the old or the new content is there, whole.</summary>
public static partial class AtomicFile
{
    /// <summary>Writes <paramref name="content"/> to <paramref name="path"/>: temporary file, fsync, rename, fsync of the folder.</summary>
    /// <exception cref="IOException">It could not be written; the old content is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string temporary = path + ".tmp";
        Directory.CreateDirectory(folder);
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        SyncFolder(folder);
    }

    // A rename is only sure to survive a power cut once the folder itself is on disk; .NET has no call for that.
    private static void SyncFolder(string folder)
    {
        int descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException(
                $"{folder} cannot be opened to sync it (error {Marshal.GetLastPInvokeError()})"
            );
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw new IOException(
                    $"{folder} cannot be synced (error {Marshal.GetLastPInvokeError()})"
                );
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport(
        "libc",
        EntryPoint = "open",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
