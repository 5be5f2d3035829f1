namespace AsffEdge.Trainer.Checkpoints;

/// <summary>Writes files that no reader ever sees half of.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside <paramref name="path"/>, brings it to the disk, and renames it.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = $"{path}.tmp";
        using (FileStream stream = File.Create(temporary))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
