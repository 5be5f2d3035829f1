using System.Globalization;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>The dictionary of tensors in what a training program saved, where other things may lie around it.</summary>
/// <param name="Key">The keys that lead to it, joined by dots; empty: it is what was saved.</param>
/// <param name="Tensors">Its tensors by name, in the order of the file.</param>
internal sealed record StateDictionary(
    string Key,
    IReadOnlyList<KeyValuePair<string, TorchTensor>> Tensors
)
{
    private const string ParallelPrefix = "module.";
    private const int MaxDepth = 4;
    private const int MaxName = 500;

    /// <summary>
    /// Finds the dictionary with the most tensors, the first of those with as many. The prefix <c>module.</c>, which PyTorch's parallel
    /// training puts before names, is taken off.
    /// </summary>
    /// <param name="root">What was saved.</param>
    /// <param name="key">The one to take instead, for example <c>ema</c>.</param>
    /// <returns>It, and the keys of others that have as many tensors.</returns>
    /// <exception cref="InvalidDataException">There is none, none with this key, or two of its names are the same.</exception>
    public static (StateDictionary State, IReadOnlyList<string> Others) Find(
        object? root,
        string? key
    )
    {
        List<StateDictionary> candidates = Candidates(root);
        StateDictionary? chosen = key is null
            ? candidates.MaxBy(candidate => candidate.Tensors.Count)
            : candidates.Find(candidate => candidate.Key == key);
        if (chosen is null)
        {
            string allowed = string.Join(
                ", ",
                candidates.Take(20).Select(candidate => $"'{Printable.Of(candidate.Key)}'")
            );
            throw new InvalidDataException(
                candidates.Count == 0
                    ? "holds no dictionary with tensors in it"
                    : $"has no dictionary of tensors with the key '{key}'; it has {allowed}"
            );
        }

        if (
            chosen.Tensors.GroupBy(pair => pair.Key).FirstOrDefault(group => group.Count() > 1) is
            { } twice
        )
        {
            throw new InvalidDataException($"holds '{Printable.Of(twice.Key)}' twice");
        }

        return (
            chosen,
            [
                .. candidates
                    .Where(other => other != chosen && other.Tensors.Count == chosen.Tensors.Count)
                    .Select(other => other.Key),
            ]
        );
    }

    private static List<StateDictionary> Candidates(object? root)
    {
        List<StateDictionary> candidates = [];
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        Queue<(string Key, int Depth, object? Value)> queue = new([("", 0, root)]);
        while (queue.TryDequeue(out (string Key, int Depth, object? Value) next))
        {
            if (next.Value is not PickleDictionary dictionary || !seen.Add(dictionary))
            {
                continue;
            }

            List<KeyValuePair<string, TorchTensor>> tensors = [];
            foreach ((object? name, object? value) in dictionary.Entries)
            {
                if (ToName(name) is not { } text)
                {
                    continue;
                }

                if (value is TorchTensor tensor)
                {
                    tensors.Add(KeyValuePair.Create(WithoutPrefix(text), tensor));
                }
                else if (value is PickleDictionary && next.Depth < MaxDepth)
                {
                    queue.Enqueue(
                        (next.Depth == 0 ? text : $"{next.Key}.{text}", next.Depth + 1, value)
                    );
                }
            }

            if (tensors.Count > 0)
            {
                candidates.Add(new StateDictionary(next.Key, tensors));
            }
        }

        return candidates;
    }

    /// <summary>Names are text, the states of optimizers are numbered; what lies under other keys is no weight of a network.</summary>
    private static string? ToName(object? key) =>
        key switch
        {
            string { Length: <= MaxName } name => name,
            long number => number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };

    /// <summary>The name without the prefix that parallel training adds, however often.</summary>
    public static string WithoutPrefix(string name)
    {
        while (name.StartsWith(ParallelPrefix, StringComparison.Ordinal))
        {
            name = name[ParallelPrefix.Length..];
        }

        return name;
    }
}
