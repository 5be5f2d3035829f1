using System.Globalization;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Output;

/// <summary>An agent in few words, as they stand in tables and lines.</summary>
internal static class AgentText
{
    /// <summary>Stands where nothing is known.</summary>
    public const string Nothing = "-";

    /// <summary>Whether it is there; <c>unknown</c>: it has no status.</summary>
    public static string State(FleetAgent agent) =>
        agent.Status is { } status ? ContractName.Of(status.State) : "unknown";

    /// <summary>The version of its software.</summary>
    public static string Version(FleetAgent agent) => agent.Info?.Version ?? Nothing;

    /// <summary>Its groups, strongest first.</summary>
    public static string Groups(FleetAgent agent) =>
        agent.Groups.Count > 0 ? string.Join(", ", agent.Groups) : Nothing;

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
        agent.Reported is not { } reported ? Nothing : Outcome(reported.State, reported.Code);

    /// <summary>What became of a document, and why where it was not taken.</summary>
    public static string Outcome(ReportedState state, ResultCode code) =>
        code == ResultCode.Ok
            ? ContractName.Of(state)
            : $"{ContractName.Of(state)} {ContractName.Of(code)}";

    /// <summary>Cameras that deliver, of those that are enabled.</summary>
    public static string Cameras(FleetAgent agent) =>
        agent.Info is null
            ? Nothing
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{agent.OnlineCameras}/{agent.EnabledCameras}"
            );

    /// <summary>Frames inferred a second, lately, of all cameras of an agent that is there.</summary>
    public static string Fps(FleetAgent agent) =>
        agent.IsOnline
        && agent.Reported?.Cameras.Values.Sum(camera => camera.Fps) is > 0 and var fps
            ? Rate(fps)
            : Nothing;

    /// <summary>How it is, and the codes of what is wrong, each once; of an agent that is there and has said so.</summary>
    public static string Health(FleetAgent agent) =>
        agent is { IsOnline: true, Health: { State: { } state } health }
            ? string.Join(
                ' ',
                (health.Reasons ?? [])
                    .Select(reason => ContractName.Of(reason.Code))
                    .Distinct()
                    .Prepend(ContractName.Of(state))
            )
            : Nothing;

    /// <summary>A rate or a time with one decimal.</summary>
    public static string Rate(double? value) =>
        value?.ToString("0.0", CultureInfo.InvariantCulture) ?? Nothing;

    /// <summary>A time to the second, UTC.</summary>
    public static string Time(DateTime utc) =>
        utc.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A span in its two largest units, for example <c>2 h 5 min</c>.</summary>
    public static string Span(TimeSpan span) =>
        span.TotalDays >= 1 ? $"{(int)span.TotalDays} d {span.Hours} h"
        : span.TotalHours >= 1 ? $"{span.Hours} h {span.Minutes} min"
        : span.TotalMinutes >= 1 ? $"{span.Minutes} min {span.Seconds} s"
        : $"{span.Seconds} s";

    /// <summary>The first few of <paramref name="names"/> and how many more there are.</summary>
    public static string Some(IReadOnlyList<string> names)
    {
        const int shown = 5;
        return names.Count <= shown
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.Take(shown))} and {names.Count - shown} more";
    }

    private static string Joined<T>(
        FleetAgent agent,
        Func<ReportedCamera, T> value,
        IComparer<T> order
    ) =>
        agent.Reported is { Cameras.Count: > 0 } reported
            ? string.Join(", ", reported.Cameras.Values.Select(value).Distinct().Order(order))
            : Nothing;
}
