using System.Runtime.InteropServices;

namespace AsffEdge.Control.Storage;

/// <summary>Replaces files so that after a crash or a power cut the old or the new content is there, whole.</summary>
public static partial class AtomicFile
{
    /// <summary>Writes <paramref name="content"/> to <paramref name="path"/>: temporary file, fsync, rename, fsync of the folder.</summary>
    /// <exception cref="IOException">It could not be written; the old content is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content) =>
        Write(path, content, static (file, content) => file.Write(content));

    /// <summary>Writes what <paramref name="write"/> gives to <paramref name="path"/>, likewise.</summary>
    /// <exception cref="IOException">It could not be written; the old content is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, Action<Stream> write) =>
        Write(path, write, static (file, write) => write(file));

    private static void Write<T>(string path, T content, Action<Stream, T> write)
        where T : allows ref struct
    {
        FileStream file = Begin(path);
        try
        {
            using (file)
            {
                write(file, content);
                file.Flush(flushToDisk: true);
            }
        }
        catch
        {
            File.Delete(path + ".tmp");
            throw;
        }

        File.Move(path + ".tmp", path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    // Outside of what cleans up: it locks the file, and whoever is refused must not delete what another program writes.
    private static FileStream Begin(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new(path + ".tmp", FileMode.Create, FileAccess.Write, FileShare.None);
    }

    /// <summary>Makes renames in a folder survive a power cut: they are only sure to once the folder itself is on disk, for which .NET has no call.</summary>
    /// <exception cref="IOException">It cannot be opened or synced.</exception>
    public static void SyncFolder(string folder)
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
