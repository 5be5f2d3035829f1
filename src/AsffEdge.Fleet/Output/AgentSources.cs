using System.Globalization;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>What each source wants of an agent, beside what the agent says became of it.</summary>
internal static class AgentSources
{
    private const string Own = "agent";
    private const string GroupPrefix = "group:";

    private static readonly FittedColumn[] Columns =
    [
        new("source", 0),
        new("wanted", 0),
        new("rev", 0),
        new("seen", 0),
        new("report", 0),
        new("issued", 2),
        new("by", 1),
    ];

    /// <summary>A row for each source, the strongest first.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="groups">The groups' desired documents, by group.</param>
    /// <param name="width">Columns there are.</param>
    public static Table Table(
        FleetAgent agent,
        IReadOnlyDictionary<string, DesiredDocument> groups,
        int width
    )
    {
        IEnumerable<string> sources = new[] { Own }
            .Concat(agent.Groups.Select(group => GroupPrefix + group))
            .Union(agent.Reported?.Sources?.Keys ?? []);
        return FittedTable.Of(
            Columns,
            [
                .. sources.Select(source => Row(agent, source, Wanted(agent, groups, source))),
                Local(agent),
            ],
            width
        );
    }

    /// <summary>What is in force, and the agent's own words.</summary>
    public static IReadOnlyList<(string Label, string Text)> Notes(FleetAgent agent)
    {
        if (agent.Reported is not { } reported)
        {
            return [("in force", "unknown: it has reported nothing")];
        }

        List<(string, string)> notes =
        [
            (
                "in force",
                $"{Document(reported.Source, reported.RevApplied)}; report: {AgentText.Outcome(reported.State, reported.Code)}"
            ),
            ("last good", Document(reported.LastGoodSource, reported.LastGood)),
        ];
        if (reported.Detail is { } detail)
        {
            notes.Add(("because", detail));
        }

        notes.AddRange(
            (reported.Sources ?? new Dictionary<string, ReportedSource>())
                .Where(source =>
                    source.Value.Detail is not null && source.Value.Detail != reported.Detail
                )
                .Select(source => ("because", $"{source.Key}: {source.Value.Detail}"))
        );
        return notes;
    }

    private static DesiredDocument? Wanted(
        FleetAgent agent,
        IReadOnlyDictionary<string, DesiredDocument> groups,
        string source
    ) =>
        source == Own ? agent.Desired
        : source.StartsWith(GroupPrefix, StringComparison.Ordinal)
            ? groups.GetValueOrDefault(source[GroupPrefix.Length..])
        : null;

    private static FittedRow Row(FleetAgent agent, string source, DesiredDocument? wanted)
    {
        ReportedSource? report = Report(agent.Reported, source);
        bool isUnseen = wanted is not null && report?.RevSeen != wanted.Rev;
        bool isInForce = agent.Reported?.Source == source;
        string became = report is null
            ? AgentText.Nothing
            : AgentText.Outcome(report.State, report.Code);
        return new FittedRow(
            [
                isInForce ? $"{source} *" : source,
                wanted is null ? AgentText.Nothing : Assignment(wanted),
                Revision(wanted?.Rev),
                Revision(report?.RevSeen),
                isUnseen ? "not seen yet" : became,
                wanted?.Issued is { } issued ? AgentText.Time(issued) : AgentText.Nothing,
                wanted?.By ?? AgentText.Nothing,
            ],
            isUnseen || report?.Code is { } and not ResultCode.Ok
                ? new Style(Color.Yellow)
                : Style.Plain
        );
    }

    /// <summary>What became of a source's document; agents before there were groups say it of their own only.</summary>
    private static ReportedSource? Report(ReportedDocument? reported, string source) =>
        reported is { Sources: null, RevSeen: { } seen } && source == Own
            ? new ReportedSource(reported.State, reported.Code)
            {
                RevSeen = seen,
                Rev = reported.RevApplied,
            }
            : reported?.Sources?.GetValueOrDefault(source);

    private static FittedRow Local(FleetAgent agent) =>
        new(
            [
                agent.Reported?.Source == "local" ? "local *" : "local",
                .. Enumerable.Repeat(AgentText.Nothing, Columns.Length - 1),
            ],
            Style.Plain
        );

    private static string Assignment(DesiredDocument wanted) =>
        string.Join(
            ", ",
            (wanted.Cameras ?? new Dictionary<string, DesiredCamera>())
                .Select(camera => $"{camera.Key} {camera.Value.Profile}")
                .Prepend(wanted.Profile)
        );

    private static string Document(string? source, long? revision) =>
        revision is null ? "the agent's own configuration"
        : source is null ? $"rev {Revision(revision)}"
        : $"rev {Revision(revision)} of {source}";

    private static string Revision(long? revision) =>
        revision?.ToString(CultureInfo.InvariantCulture) ?? AgentText.Nothing;
}
