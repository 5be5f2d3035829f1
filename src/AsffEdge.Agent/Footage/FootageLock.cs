namespace AsffEdge.Agent.Footage;

/// <summary>Held by who fetches or removes footage, so that only one does at a time. The agent that writes does not need it.</summary>
internal sealed class FootageLock : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Takes it.</summary>
    /// <param name="root">The folder of the footage; must exist.</param>
    /// <exception cref="IOException">Somebody has it, or the folder cannot be written.</exception>
    public FootageLock(string root)
    {
        string path = Path.Combine(root, ".lock");
        try
        {
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (IOException error)
        {
            throw new IOException(
                $"{path} cannot be locked, so somebody else may be packing or purging: {error.Message}",
                error
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
