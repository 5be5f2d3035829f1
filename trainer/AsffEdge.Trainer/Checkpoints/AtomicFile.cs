using System.Runtime.InteropServices;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>Writes files that no reader ever sees half of, and that a crash leaves old or new, but whole.</summary>
internal static partial class AtomicFile
{
    // What .NET reports for a file that somebody else has open (EWOULDBLOCK).
    private const int Locked = 11;

    /// <summary>Writes beside <paramref name="path"/>, brings it to the disk, and renames it. A device (<c>/dev/stdout</c>) is written to as it is.</summary>
    /// <exception cref="IOException">It could not be written, or another program is writing it; what was there before still is.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        if (IsDevice(path))
        {
            // Renaming would put a file in its place: for root, /dev/null would be gone.
            using FileStream device = new(path, FileMode.Open, FileAccess.Write);
            write(device);
            return;
        }

        string temporary = $"{path}.tmp";
        // Outside of what cleans up: whoever is refused must not delete what another program writes.
        FileStream stream = OpenAlone(temporary, FileMode.Create, path);
        try
        {
            WriteThrough(stream, write);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Writes a whole folder beside <paramref name="folder"/>, which must not exist, brings it to the disk, and renames it.</summary>
    /// <param name="folder">The folder's path.</param>
    /// <param name="files">Its files, by name.</param>
    /// <exception cref="IOException">It could not be written; there is no such folder then.</exception>
    public static void WriteFolder(
        string folder,
        IEnumerable<KeyValuePair<string, Action<Stream>>> files
    )
    {
        string temporary = $"{folder}.tmp";
        DeleteFolder(temporary);
        try
        {
            Directory.CreateDirectory(temporary);
            foreach ((string name, Action<Stream> write) in files)
            {
                WriteThrough(File.Create(Path.Combine(temporary, name)), write);
            }

            SyncFolder(temporary);
            Directory.Move(temporary, folder);
        }
        catch
        {
            DeleteFolder(temporary);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(folder))!);
    }

    /// <summary>Builds a folder of any depth beside <paramref name="folder"/>, which must not exist, brings all of it to the disk, and renames it.</summary>
    /// <param name="folder">The folder's path.</param>
    /// <param name="build">Fills the temporary folder that it is given.</param>
    /// <exception cref="IOException">It could not be written, exists, or is being built by another program; there is nothing half-written then.</exception>
    public static void BuildFolder(string folder, Action<string> build)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        using var held = WriteLock.Take($"{folder}.lock", folder);
        if (Path.Exists(folder))
        {
            throw new IOException($"{folder}: exists already; name another folder");
        }

        string temporary = $"{folder}.tmp";
        DeleteFolder(temporary);
        try
        {
            Directory.CreateDirectory(temporary);
            build(temporary);
            // One call for thousands of files: bringing each to the disk by itself takes minutes.
            SyncFileSystem(temporary);
            Directory.Move(temporary, folder);
        }
        catch
        {
            DeleteFolder(temporary);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(folder)!);
    }

    /// <summary>Opens a file for writing that nobody else may have open until it is closed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">How.</param>
    /// <param name="written">What is written with it, for the message.</param>
    /// <exception cref="FileInUseException">Somebody has it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written to.</exception>
    public static FileStream OpenAlone(string path, FileMode mode, string written)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.Write, FileShare.None);
        }
        catch (IOException error) when (error.HResult == Locked)
        {
            throw new FileInUseException(
                $"{written}: another asff-train is writing it; wait until it has ended, or name another one",
                error
            );
        }
    }

    /// <summary>Makes another name for a file that never changes; a copy where the two folders are on different file systems.</summary>
    public static void LinkOrCopy(string file, string target)
    {
        if (Link(file, target) != 0)
        {
            File.Copy(file, target);
        }
    }

    private static bool IsDevice(string path)
    {
        string full = Path.GetFullPath(path);
        return full.StartsWith("/dev/", StringComparison.Ordinal)
            && !full.StartsWith("/dev/shm/", StringComparison.Ordinal)
            && File.Exists(full);
    }

    private static void WriteThrough(FileStream stream, Action<Stream> write)
    {
        using (stream)
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }
    }

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A rename is only sure to survive a power cut once the folder itself is on disk; .NET has no call for that.
    private static void SyncFolder(string folder) => Sync(folder, Fsync);

    private static void SyncFileSystem(string folder) => Sync(folder, Syncfs);

    private static void Sync(string folder, Func<int, int> sync)
    {
        int descriptor = Open(folder, 0);
        int result = descriptor < 0 ? descriptor : sync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }

        if (result < 0)
        {
            throw new IOException(
                $"{folder} cannot be synced: {Marshal.GetPInvokeErrorMessage(error)}"
            );
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

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int Syncfs(int descriptor);

    [LibraryImport(
        "libc",
        EntryPoint = "link",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial int Link(string file, string target);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
