using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.HomeAssistant;

/// <summary>The classes whose counts Home Assistant is told of.</summary>
internal static class AnnouncedClasses
{
    /// <summary>Those of a model that are wanted.</summary>
    /// <param name="wanted">Their names; none: all.</param>
    /// <param name="labels">The model's classes.</param>
    /// <exception cref="ConfigurationException">The model does not have one of them.</exception>
    public static IReadOnlyList<ClassTopic> Of(
        IReadOnlyList<string> wanted,
        IReadOnlyList<string> labels
    )
    {
        string[] problems =
        [
            .. wanted
                .Where(name => !labels.Contains(name))
                .Select(name =>
                    $"home_assistant.classes holds '{name}', which is no class of the model{NearestName.Hint(name, [.. labels])}"
                ),
        ];
        if (problems.Length > 0)
        {
            throw new ConfigurationException(problems);
        }

        return
        [
            .. ClassTopic
                .Of(labels)
                .Where(known => wanted.Count == 0 || wanted.Contains(known.Name)),
        ];
    }
}
