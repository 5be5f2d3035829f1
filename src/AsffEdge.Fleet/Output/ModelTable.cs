using System.Globalization;
using AsffEdge.Fleet.Models;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>Models of agents as tables.</summary>
internal static class ModelTable
{
    private static readonly FittedColumn[] AgentColumns =
    [
        new("agent", 0),
        new("state", 1),
        new("model", 0),
        new("sha256", 4),
        new("since", 5),
        new("before", 3),
        new("last change", 0),
    ];

    /// <summary>What agents run.</summary>
    public static Table OfAgents(IReadOnlyList<FleetAgent> agents, int width) =>
        FittedTable.Of(
            AgentColumns,
            [
                .. agents.Select(agent => new FittedRow(
                    Cells(agent),
                    agent.Models?.Change?.State
                        is ModelChangeState.Failed
                            or ModelChangeState.RolledBack
                        ? new Style(Color.Red)
                        : Style.Plain
                )),
            ],
            width
        );

    /// <summary>What became of models.</summary>
    public static Table OfEvents(IReadOnlyList<ModelEvent> events) =>
        WithLongReasons(
            ["when", "agent", "model", "outcome"],
            events.Select(happened =>
                (
                    (string[])
                        [
                            AgentText.Time(happened.Change.At),
                            happened.Agent,
                            ModelText.Model(
                                happened.Change.Name,
                                happened.Change.Version,
                                happened.Change.Sha256
                            ),
                            ContractName.Of(happened.Change.State).Replace('_', ' '),
                        ],
                    PlainText.Clean(happened.Change.Detail ?? ""),
                    happened.Change.State != ModelChangeState.Settled
                )
            )
        );

    /// <summary>Whether somebody may want to look at an agent after a roll-out.</summary>
    public static bool IsWorthShowing(ModelResult result) =>
        result.Outcome is not (ModelOutcome.Done or ModelOutcome.NotTold)
        || result.Shadow is not null
        || result.Undo is not null;

    /// <summary>What became of agents.</summary>
    public static Table OfResults(IReadOnlyList<ModelResult> results) =>
        WithLongReasons(
            ["agent", "wave", "outcome"],
            results.Select(result =>
                (
                    (string[])
                        [
                            result.Agent,
                            result.Wave.ToString(CultureInfo.InvariantCulture),
                            ModelText.Outcome(result.Outcome),
                        ],
                    ModelText.Why(result),
                    result.Outcome.IsFailure()
                )
            )
        );

    private static string[] Cells(FleetAgent agent)
    {
        if (agent.Models is not { } models)
        {
            // Agents that know no roll-outs say at least this.
            ModelInfo? info = agent.Info is { Models: [var only, ..] } ? only : null;
            return
            [
                agent.Id,
                AgentText.State(agent),
                info is null
                    ? AgentText.Nothing
                    : ModelText.Model(info.Name, info.Version, info.Sha256),
                info is null ? AgentText.Nothing : ModelText.Hash(info.Sha256),
                AgentText.Nothing,
                AgentText.Nothing,
                AgentText.Nothing,
            ];
        }

        ModelUse current = models.Current;
        return
        [
            agent.Id,
            AgentText.State(agent),
            ModelText.Model(current.Name, current.Version, current.Sha256),
            ModelText.Hash(current.Sha256),
            AgentText.Time(current.Since),
            models.Previous is { } previous
                ? ModelText.Model(previous.Name, previous.Version, previous.Sha256)
                : AgentText.Nothing,
            models.Change is { } change ? Change(change) : AgentText.Nothing,
        ];
    }

    private static string Change(ModelChange change)
    {
        string share = change is { Size: > 0 and var size, Received: { } received }
            ? string.Create(CultureInfo.InvariantCulture, $" {100 * received / size} %")
            : "";
        string code = change.Code == ResultCode.Ok ? "" : $" {ContractName.Of(change.Code)}";
        return $"{ModelText.Model(change.Name, change.Version, change.Sha256)}: {ContractName.Of(change.State).Replace('_', ' ')}{share}{code}";
    }

    // Why is worth several lines, so this is no table that cuts.
    private static Table WithLongReasons(
        string[] titles,
        IEnumerable<(string[] Cells, string Why, bool IsBad)> rows
    )
    {
        Table table = new Table().Border(TableBorder.None).HideHeaders();
        foreach (string _ in titles)
        {
            table.AddColumn(new TableColumn("").Padding(0, 0, 2, 0).NoWrap());
        }

        table.AddColumn(new TableColumn("").Padding(0, 0, 0, 0));
        table.AddRow(
            titles
                .Append("why")
                .Select(title => new Text(title, new Style(decoration: Decoration.Bold)))
        );
        foreach ((string[] cells, string why, bool isBad) in rows)
        {
            Style style = isBad ? new Style(Color.Red) : Style.Plain;
            table.AddRow(cells.Append(why).Select(cell => new Text(cell, style)));
        }

        return table;
    }
}
