using System.CommandLine;
using System.Text.Json;
using AsffEdge.Agent.Footage;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge footage purge</c></summary>
internal static class FootagePurgeCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("purge", "Remove footage for good");
        ConfigurationArguments configuration = new();
        configuration.AddTo(command);
        Option<string?> camera = FootageCommand.Camera();
        Option<string?> day = FootageCommand.Day("--day", "Only of this day, UTC");
        Option<bool> all = new("--all") { Description = "All there is" };
        Option<bool> yes = new("--yes") { Description = "Do not ask" };
        Option<bool> json = FootageCommand.Json();
        foreach (Option option in (Option[])[camera, day, all, yes, json])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            bool isSome = result.GetValue(camera) is not null || result.GetValue(day) is not null;
            if (isSome == result.GetValue(all))
            {
                result.AddError("say which footage: --camera, --day or both, or else --all");
            }
        });
        HelpWithExamples.AddTo(
            command,
            "asff-edge footage purge --config agent.yaml --camera dock-1 --day 2026-03-01",
            "asff-edge footage purge --config agent.yaml --all --yes"
        );
        command.SetAction(arguments =>
            FootageCommand.Run(
                configuration,
                arguments,
                (_, root) =>
                {
                    DateOnly? date = FootageCommand.DayOf(arguments, day);
                    FootageSelection selection = new(arguments.GetValue(camera), date, date);
                    return Purge(
                        root,
                        selection,
                        arguments.GetValue(yes),
                        arguments.GetValue(json)
                    );
                }
            )
        );
        return command;
    }

    private static int Purge(string root, FootageSelection selection, bool isSure, bool asJson)
    {
        int pictures = 0;
        long bytes = 0;
        if (Directory.Exists(root))
        {
            using FootageLock own = new(root);
            IReadOnlyList<FootageDay> days = selection.DaysIn(root);
            int there = days.Sum(day => day.Pictures().Count);
            if (there > 0 && !isSure && !Confirm(there, root))
            {
                return Console.IsInputRedirected ? ExitCodes.Usage : ExitCodes.Failed;
            }

            foreach (FootageDay day in days)
            {
                (int removed, long size) = day.Remove();
                pictures += removed;
                bytes += size;
            }
        }

        Console.Out.WriteLine(
            asJson
                ? JsonSerializer.Serialize(
                    new FootagePurgeReport(pictures, bytes),
                    FootageReportJson.Default.FootagePurgeReport
                )
                : $"{pictures} pictures were removed, {FootageListCommand.Megabytes(bytes)} MiB."
        );
        return ExitCodes.Done;
    }

    private static bool Confirm(int pictures, string root)
    {
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine(
                $"asff-edge: {pictures} pictures in {root} would be removed for good; say so with --yes"
            );
            return false;
        }

        Console.Error.Write($"Remove {pictures} pictures in {root} for good? [y/N] ");
        string answer = Console.In.ReadLine()?.Trim() ?? "";
        bool isYes =
            answer.Equals("y", StringComparison.OrdinalIgnoreCase)
            || answer.Equals("yes", StringComparison.OrdinalIgnoreCase);
        if (!isYes)
        {
            Console.Error.WriteLine("asff-edge: nothing was removed");
        }

        return isYes;
    }
}
