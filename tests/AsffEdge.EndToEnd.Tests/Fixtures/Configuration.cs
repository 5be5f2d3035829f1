namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>Configuration files as a user writes them.</summary>
internal static class Configuration
{
    /// <summary>A valid file.</summary>
    /// <param name="brokerPort">Port of the broker on 127.0.0.1.</param>
    /// <param name="model">Path of the model.</param>
    /// <param name="stateFolder">Folder the agent may write to.</param>
    /// <param name="cameras">The cameras and their sources.</param>
    public static string Yaml(
        int brokerPort,
        string model,
        string stateFolder,
        IEnumerable<(string Id, string Source)> cameras
    )
    {
        IEnumerable<string> entries = cameras.Select(camera =>
            $"""
                  - id: {camera.Id}
                    source: {camera.Source}
                """
        );
        return $"""
            agent:
              id: {Site.AgentId}
            state_directory: {stateFolder}
            model:
              path: {model}
            profile: balanced
            cameras:
            {string.Join('\n', entries)}
            mqtt:
              host: 127.0.0.1
              port: {brokerPort}
              health_interval_s: 5
            web:
              enabled: false
            """;
    }
}
