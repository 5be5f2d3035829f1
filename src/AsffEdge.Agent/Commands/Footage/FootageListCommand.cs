using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AsffEdge.Agent.Footage;
using AsffEdge.Control.CommandLine;
using Spectre.Console;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge footage list</c></summary>
internal static class FootageListCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("list", "Show how much there is of which camera and day, and why");
        ConfigurationArguments configuration = new();
        configuration.AddTo(command);
        Option<string?> camera = FootageCommand.Camera();
        Option<bool> json = FootageCommand.Json();
        command.Options.Add(camera);
        command.Options.Add(json);
        HelpWithExamples.AddTo(
            command,
            "asff-edge footage list --config agent.yaml",
            "asff-edge footage list --config agent.yaml --camera dock-1 --json"
        );
        command.SetAction(arguments =>
            FootageCommand.Run(
                configuration,
                arguments,
                (_, root) =>
                {
                    FootageDayReport[] days =
                    [
                        .. new FootageSelection(arguments.GetValue(camera))
                            .DaysIn(root)
                            .Select(FootageDayReport.Of)
                            .Where(day => day.Pictures > 0),
                    ];
                    if (arguments.GetValue(json))
                    {
                        Console.Out.WriteLine(
                            JsonSerializer.Serialize(
                                days,
                                FootageReportJson.Default.FootageDayReportArray
                            )
                        );
                    }
                    else if (days.Length == 0)
                    {
                        Console.Out.WriteLine($"There is no footage in {root}.");
                    }
                    else
                    {
                        AnsiConsole.Write(TableOf(days));
                    }

                    return ExitCodes.Done;
                }
            )
        );
        return command;
    }

    private static Table TableOf(FootageDayReport[] days)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn("camera");
        table.AddColumn(new TableColumn("day").NoWrap());
        table.AddColumn(new TableColumn("pictures").RightAligned());
        table.AddColumn(new TableColumn("MiB").RightAligned());
        table.AddColumn("chosen by");
        foreach (FootageDayReport day in days)
        {
            table.AddRow(
                new Text(day.Camera),
                new Text(day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                new Text(day.Pictures.ToString(CultureInfo.InvariantCulture)),
                new Text(Megabytes(day.Bytes)),
                new Text(
                    string.Join(", ", day.Policies.Select(policy => $"{policy.Key} {policy.Value}"))
                )
            );
        }

        return table;
    }

    internal static string Megabytes(long bytes) =>
        (bytes / (double)(1 << 20)).ToString("0.0", CultureInfo.InvariantCulture);
}
