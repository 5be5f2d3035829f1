using System.Globalization;
using System.Text.Json;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Output;

/// <summary>An agent in few words, as they stand in tables and lines.</summary>
internal static class AgentText
{
    /// <summary>Stands where nothing is known.</summary>
    public const string Nothing = "-";

    /// <summary>A value of the contract as its JSON writes it, for example <c>bad_size</c>.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>Whether it is there; <c>unknown</c>: it has no status.</summary>
    public static string State(FleetAgent agent) =>
        agent.Status is { } status ? Name(status.State) : "unknown";

    /// <summary>The profiles its cameras run.</summary>
    public static string Profiles(FleetAgent agent) =>
        Joined(agent, camera => camera.Profile, StringComparer.Ordinal);

    /// <summary>The input sizes its cameras run, in pixels.</summary>
    public static string Sizes(FleetAgent agent) =>
        Joined(agent, camera => camera.Size, Comparer<int>.Default);

    /// <summary>The revision in force; the local configuration has none.</summary>
    public static string Revision(FleetAgent agent) =>
        agent.Reported?.RevApplied?.ToString(CultureInfo.InvariantCulture) ?? Nothing;

    /// <summary>What became of the last document, and why where it was not taken.</summary>
    public static string Outcome(FleetAgent agent) =>
        agent.Reported is not { } reported ? Nothing
        : reported.Code == ResultCode.Ok ? Name(reported.State)
        : $"{Name(reported.State)} {Name(reported.Code)}";

    /// <summary>Cameras that deliver, of those that are enabled.</summary>
    public static string Cameras(FleetAgent agent)
    {
        if (agent.Info is not { } info)
        {
            return Nothing;
        }

        string[] enabled =
        [
            .. info.Cameras.Where(camera => camera.Enabled).Select(camera => camera.Id),
        ];
        int online = enabled.Count(id => agent.Cameras.GetValueOrDefault(id)?.State == "online");
        return string.Create(CultureInfo.InvariantCulture, $"{online}/{enabled.Length}");
    }

    /// <summary>Frames inferred a second, lately, of all cameras.</summary>
    public static string Fps(FleetAgent agent) =>
        agent.Reported?.Cameras.Values.Sum(camera => camera.Fps) is > 0 and var fps
            ? fps.ToString("0.0", CultureInfo.InvariantCulture)
            : Nothing;

    private static string Joined<T>(
        FleetAgent agent,
        Func<ReportedCamera, T> value,
        IComparer<T> order
    ) =>
        agent.Reported is { Cameras.Count: > 0 } reported
            ? string.Join(", ", reported.Cameras.Values.Select(value).Distinct().Order(order))
            : Nothing;
}
