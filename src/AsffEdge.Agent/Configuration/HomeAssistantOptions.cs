using AsffEdge.Control.Settings;
using AsffEdge.Messaging;
using AsffEdge.Messaging.HomeAssistant;

namespace AsffEdge.Agent.Configuration;

/// <summary>Whether Home Assistant is told of the agent (<c>home_assistant:</c>).</summary>
public sealed record HomeAssistantOptions
{
    /// <summary>Whether it is.</summary>
    public bool Enabled { get; init; }

    /// <summary>What the topics start with on which Home Assistant looks for devices.</summary>
    public string Prefix { get; init; } = AgentDiscovery.DefaultPrefix;

    /// <summary>The classes of the model whose counts it is told of; none: all.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    internal static HomeAssistantOptions Read(SettingReader settings) =>
        new()
        {
            // Not unless asked: it writes and listens outside the agent's own topics, which a broker may refuse, and a Home Assistant that
            // nobody thought of would show every agent of a fleet.
            Enabled = settings.Flag("enabled", false),
            Prefix = settings.Text(
                "prefix",
                AgentDiscovery.DefaultPrefix,
                Topics.IsValidRoot,
                Topics.AllowedRoot
            ),
            Classes = settings.Texts(
                "classes",
                [],
                text => text.Length > 0,
                "names of the model's classes"
            ),
        };
}
