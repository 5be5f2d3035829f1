namespace AsffEdge.Agent.Commands;

/// <summary>What a benchmark measured.</summary>
internal interface IBenchmarkReport
{
    /// <summary>As indented JSON.</summary>
    string ToJson();

    /// <summary>As text of at most 80 columns.</summary>
    string ToText();
}
