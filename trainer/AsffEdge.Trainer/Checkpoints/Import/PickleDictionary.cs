namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>
/// A dictionary of a pickle, as the list of what was put in. Keys are not hashed: a hostile file could choose keys that collide,
/// or tuples that contain themselves.
/// </summary>
internal sealed class PickleDictionary
{
    private readonly List<KeyValuePair<object?, object?>> _entries = [];

    public IReadOnlyList<KeyValuePair<object?, object?>> Entries => _entries;

    public void Add(object? key, object? value) => _entries.Add(KeyValuePair.Create(key, value));
}
