namespace AsffEdge.Control.Settings;

/// <summary>The configuration cannot be used; the message lists everything that is wrong with it, a line each. Exit code 2.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Everything that is wrong, in the order it was found.</summary>
    public ConfigurationException(IReadOnlyList<string> problems)
        : base(string.Join(Environment.NewLine, problems))
    {
        Problems = problems;
    }

    /// <summary>A line each: place, key, what is wrong, what is allowed.</summary>
    public IReadOnlyList<string> Problems { get; }
}
