namespace AsffEdge.Control.Profiles;

/// <summary>
/// Which profile every camera runs now, and by which revision of the desired document. The pipeline reads it once a frame;
/// the control plane replaces it as a whole, so a frame never sees half a change.
/// </summary>
public sealed class ProfileSelection
{
    private volatile Snapshot _current;

    /// <summary>Starts with one profile a camera, in the order of the configuration.</summary>
    public ProfileSelection(IReadOnlyList<Profile> profiles, long revision)
    {
        _current = new Snapshot([.. profiles], revision, 0);
    }

    /// <summary>What holds now. Take it once a frame.</summary>
    public Snapshot Current => _current;

    /// <summary>Replaces the selection between two frames. Every size in it must have been warmed before. One thread at a time.</summary>
    public void Replace(IReadOnlyList<Profile> profiles, long revision) =>
        _current = new Snapshot([.. profiles], revision, _current.Change + 1);

    /// <summary>One consistent selection.</summary>
    /// <param name="Profiles">By camera index.</param>
    /// <param name="Revision">The desired document's <c>rev</c> that made it; 0: the local configuration. Each source counts its own.</param>
    /// <param name="Change">Counts the replacements in this process, from 0.</param>
    public sealed record Snapshot(Profile[] Profiles, long Revision, long Change);
}
