using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tracking;

/// <summary>The classes that zones, lines and footage are about.</summary>
internal static class ClassFilter
{
    /// <summary>By class id whether it is one of <paramref name="classes"/>; null: all are.</summary>
    public static bool[]? Of(IReadOnlyList<string> classes, IReadOnlyList<string> labels) =>
        classes.Count == 0 ? null : [.. labels.Select(classes.Contains)];

    /// <summary>Whether <paramref name="filter"/> lets the class through.</summary>
    public static bool Allows(bool[]? filter, int classId) =>
        filter is null || ((uint)classId < (uint)filter.Length && filter[classId]);

    /// <summary>Checks that the classes in the configuration are those of a model.</summary>
    /// <exception cref="ConfigurationException">Some are not; the message names the nearest that are.</exception>
    public static void Check(
        AgentConfiguration configuration,
        IReadOnlyCollection<string> labels
    ) => Check(configuration.Cameras, labels, configuration.Footage.Policies.RareClass.Classes);

    /// <summary>Checks that the classes in the configuration are those of a model.</summary>
    /// <exception cref="ConfigurationException">Some are not; the message names the nearest that are.</exception>
    public static void Check(
        IReadOnlyList<CameraOptions> cameras,
        IReadOnlyCollection<string> labels,
        IReadOnlyList<string>? rare = null
    )
    {
        List<string> problems = [];
        Note("footage.policies.rare_class.classes", rare ?? []);
        for (int camera = 0; camera < cameras.Count; camera++)
        {
            foreach ((string name, ZoneOptions zone) in cameras[camera].Zones)
            {
                Note($"cameras.{camera}.zones.{name}.classes", zone.Classes);
            }

            foreach ((string name, LineOptions line) in cameras[camera].Lines)
            {
                Note($"cameras.{camera}.lines.{name}.classes", line.Classes);
            }
        }

        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }

        void Note(string key, IReadOnlyList<string> classes) =>
            problems.AddRange(
                classes
                    .Where(name => !labels.Contains(name))
                    .Select(name =>
                        $"{key} holds '{name}', which is no class of the model{NearestName.Hint(name, labels)}"
                    )
            );
    }
}
