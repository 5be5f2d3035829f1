namespace AsffEdge.EndToEnd.Tests.Packaging;

/// <summary>What <c>package_life.sh</c> saw, by name.</summary>
internal sealed class PackageLife(string output)
{
    private readonly Dictionary<string, string> _seen = output
        .Split('\n')
        .Select(line => line.Split(": ", 2))
        .Where(parts => parts.Length == 2 && !parts[0].StartsWith(' '))
        .ToDictionary(parts => parts[0], parts => parts[1].Trim(), StringComparer.Ordinal);

    /// <summary>One thing it saw.</summary>
    public string this[string name] =>
        _seen.TryGetValue(name, out string? value)
            ? value
            : throw new KeyNotFoundException($"no '{name}' in:\n{output}");

    public override string ToString() => output;
}
