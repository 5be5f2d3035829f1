namespace AsffEdge.Control.Profiles;

/// <summary>Where desired documents come from, as <c>reported</c> names it.</summary>
public static class DocumentSource
{
    /// <summary>Documents for one agent alone.</summary>
    public const string Agent = "agent";

    /// <summary>The agent's own configuration, which holds where no document does.</summary>
    public const string Local = "local";

    /// <summary>Documents for a group.</summary>
    public static string Group(string group) => $"group:{group}";

    /// <summary>The sources of an agent, strongest first.</summary>
    /// <param name="groups">Its groups, strongest first.</param>
    public static IReadOnlyList<string> Of(IEnumerable<string> groups) =>
        [Agent, .. groups.Distinct().Select(Group)];
}
