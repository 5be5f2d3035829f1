using System.Runtime.InteropServices;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>Writes files that no reader ever sees half of, and that a crash leaves old or new, but whole.</summary>
internal static partial class AtomicFile
{
    /// <summary>Writes beside <paramref name="path"/>, brings it to the disk, and renames it.</summary>
    /// <exception cref="IOException">It could not be written; what was there before still is.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = $"{path}.tmp";
        try
        {
            WriteThrough(temporary, write);
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
                WriteThrough(Path.Combine(temporary, name), write);
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

    private static void WriteThrough(string path, Action<Stream> write)
    {
        using FileStream stream = File.Create(path);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A rename is only sure to survive a power cut once the folder itself is on disk; .NET has no call for that.
    private static void SyncFolder(string folder)
    {
        int descriptor = Open(folder, 0);
        int result = descriptor < 0 ? descriptor : Fsync(descriptor);
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

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
