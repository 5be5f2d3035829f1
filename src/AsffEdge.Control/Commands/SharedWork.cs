namespace AsffEdge.Control.Commands;

/// <summary>
/// Lets commands that ask for what is being done already share it, so that a flood of them makes no more work than one. For the handlers'
/// <see cref="ICommandHandler.BeginAsync"/>, which runs for one command at a time; not thread-safe.
/// </summary>
public sealed class SharedWork<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, Task<string?>> _latest = [];

    /// <summary>The work on <paramref name="key"/> that is going on; where there is none, begins it.</summary>
    public Task<string?> Join(TKey key, Func<Task<string?>> begin)
    {
        if (!_latest.TryGetValue(key, out Task<string?>? work) || work.IsCompleted)
        {
            work = begin();
            _latest[key] = work;
        }

        return work;
    }
}
