using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge footage size</c></summary>
internal static class FootageSizeCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("size", "Show what there is in all, beside what there may be");
        ConfigurationArguments configuration = new();
        configuration.AddTo(command);
        Option<bool> json = FootageCommand.Json();
        command.Options.Add(json);
        HelpWithExamples.AddTo(command, "asff-edge footage size --config agent.yaml");
        command.SetAction(arguments =>
            FootageCommand.Run(
                configuration,
                arguments,
                (loaded, root) =>
                {
                    FootageSizeReport report = Measure(loaded, root);
                    Console.Out.WriteLine(
                        arguments.GetValue(json)
                            ? JsonSerializer.Serialize(
                                report,
                                FootageReportJson.Default.FootageSizeReport
                            )
                            : ToText(report)
                    );
                    return ExitCodes.Done;
                }
            )
        );
        return command;
    }

    private static FootageSizeReport Measure(AgentConfiguration configuration, string root)
    {
        FootageBudgetOptions budget = configuration.Footage.Budget;
        DateOnly today = DateOnly.FromDateTime(DateTime.UtcNow);
        StoredFrame[] frames = [.. FootageDay.All(root).SelectMany(day => day.Frames())];
        return new FootageSizeReport(
            frames.Length,
            frames.Sum(frame => frame.Entry.Size),
            (long)budget.MaxMb << 20,
            frames.Where(frame => frame.Day.Date == today).Sum(frame => frame.Entry.Size),
            (long)budget.MbPerDay << 20,
            frames.Length > 0 ? frames.Min(frame => frame.Entry.Captured) : null,
            frames.Length > 0 ? frames.Max(frame => frame.Entry.Captured) : null
        );
    }

    private static string ToText(FootageSizeReport report)
    {
        string times = report is { Oldest: { } oldest, Newest: { } newest }
            ? $", from {Text(oldest)} to {Text(newest)}"
            : "";
        return $"{report.Pictures} pictures{times}\n"
            + $"{FootageListCommand.Megabytes(report.Bytes)} of {report.MaxBytes >> 20} MiB (footage.budget.max_mb)\n"
            + $"{FootageListCommand.Megabytes(report.BytesToday)} of {report.BytesPerDay >> 20} MiB today, UTC (footage.budget.mb_per_day)";
    }

    private static string Text(DateTime utc) =>
        utc.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
