using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Configuration;

/// <summary>Who the agent is (<c>agent:</c>).</summary>
public sealed record AgentOptions
{
    /// <summary>Its id in topics and its MQTT client id; the host's name unless given.</summary>
    public required string Id { get; init; }

    /// <summary>A name for people.</summary>
    public string? Name { get; init; }

    /// <summary>The groups it belongs to, strongest first.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    internal static AgentOptions Read(SettingReader settings) =>
        new()
        {
            Id = settings.Text(
                "id",
                HostId(),
                text => Identifier.IsValid(text),
                Identifier.Allowed
            ),
            Name = settings.OptionalText(
                "name",
                text => text.Length <= 128,
                "at most 128 characters"
            ),
            Groups = settings.Texts(
                "groups",
                [],
                text => Identifier.IsValid(text),
                Identifier.Allowed
            ),
        };

    private static string HostId()
    {
#pragma warning disable CA1308 // ids are lower case
        string host = Environment.MachineName.ToLowerInvariant();
#pragma warning restore CA1308
        string id = string.Concat(
            host.Select(character => Identifier.IsValid([character]) ? character : '-')
        );
        return id.Length is > 0 and <= Identifier.MaxLength ? id : "agent";
    }
}
