namespace AsffEdge.Messaging;

/// <summary>Names that mean something else than a profile; no profile may have one of them.</summary>
public static class ReservedProfile
{
    /// <summary>In a document's <c>profile</c>: its source asks for nothing, so that the next weaker one holds.</summary>
    public const string Inherit = "inherit";

    /// <summary>Wherever a profile is named: the agent itself chooses, by the load it measures.</summary>
    public const string Auto = "auto";

    /// <summary>Whether no profile may be called <paramref name="name"/>.</summary>
    public static bool Is(string name) => name is Inherit or Auto;
}
