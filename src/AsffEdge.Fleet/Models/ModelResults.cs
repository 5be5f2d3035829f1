namespace AsffEdge.Fleet.Models;

/// <summary>Where every agent of a model's roll-out stands. Thread-safe.</summary>
internal sealed class ModelResults
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, ModelResult> _results = new(StringComparer.Ordinal);

    /// <summary>Nobody is told yet.</summary>
    /// <param name="waves">The agents of each wave.</param>
    public ModelResults(IEnumerable<IReadOnlyList<string>> waves)
    {
        foreach ((int wave, IReadOnlyList<string> agents) in waves.Index())
        {
            foreach (string agent in agents)
            {
                _results.Add(agent, new ModelResult(agent, wave + 1, ModelOutcome.NotTold));
            }
        }
    }

    /// <summary>An agent's outcome has changed. Raised in order, and must not block.</summary>
    public event Action<ModelResult>? Changed;

    /// <summary>All agents, as they stand, in the order of the waves.</summary>
    public IReadOnlyList<ModelResult> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _results.Values];
            }
        }
    }

    /// <summary>Those of a wave that have come to an outcome.</summary>
    public string[] In(IReadOnlyList<string> wave, ModelOutcome outcome)
    {
        lock (_lock)
        {
            return [.. wave.Where(agent => _results[agent].Outcome == outcome)];
        }
    }

    /// <summary>Changes what is said of an agent; nothing where it is none of this roll-out.</summary>
    public void Set(string agent, Func<ModelResult, ModelResult> change)
    {
        ModelResult changed;
        lock (_lock)
        {
            if (!_results.TryGetValue(agent, out ModelResult? result))
            {
                return;
            }

            changed = change(result);
            if (changed == result)
            {
                return;
            }

            _results[agent] = changed;
        }

        Changed?.Invoke(changed);
    }
}
