namespace AsffEdge.Control.Broker;

/// <summary>What was said already, so that the same trouble with every message is not as many lines. Thread-safe.</summary>
internal sealed class Said
{
    private const int Most = 256; // topics come from others too

    private readonly HashSet<(string Topic, string What)> _said = [];

    /// <summary>Whether it is said for the first time; past a limit, nothing is.</summary>
    public bool IsNew(string topic, string what)
    {
        lock (_said)
        {
            return _said.Count < Most && _said.Add((topic, what));
        }
    }
}
