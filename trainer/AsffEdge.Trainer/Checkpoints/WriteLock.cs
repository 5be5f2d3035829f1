namespace AsffEdge.Trainer.Checkpoints;

/// <summary>
/// Held by who writes a folder, so that only one program does at a time. A lock of the kernel on a file, which ends with the program, however it ends: a file that is left behind locks
/// nobody out.
/// </summary>
internal sealed class WriteLock : IDisposable
{
    private readonly FileStream _file;

    private WriteLock(FileStream file) => _file = file;

    /// <summary>Takes it.</summary>
    /// <param name="path">The lock's file, which is made when missing and removed in the end; its folder must exist.</param>
    /// <param name="folder">What is written, for the message.</param>
    /// <exception cref="FileInUseException">Somebody has it.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static WriteLock Take(string path, string folder)
    {
        while (true)
        {
            FileStream file = AtomicFile.OpenAlone(path, FileMode.OpenOrCreate, folder);
            if (IsStill(file, path))
            {
                return new WriteLock(file);
            }

            // Who had it has removed the file between our opening and our locking it; another one may have made it anew.
            file.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Before it is unlocked: behind that, the file may be another one's.
        File.Delete(_file.Name);
        _file.Dispose();
    }

    private static bool IsStill(FileStream file, string path)
    {
        nint descriptor = file.SafeFileHandle.DangerousGetHandle();
        string? opened = File.ResolveLinkTarget($"/proc/self/fd/{descriptor}", false)?.Name;
        return opened is null || opened == Path.GetFileName(path);
    }
}
