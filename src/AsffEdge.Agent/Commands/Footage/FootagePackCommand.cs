using System.CommandLine;
using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Publishing;
using AsffEdge.Control.CommandLine;
using Spectre.Console;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge footage pack</c></summary>
internal static class FootagePackCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new(
            "pack",
            "Write footage into one file with checksums, for rsync or removable media, and forget it on the device; once interrupted, the same command continues"
        );
        ConfigurationArguments configuration = new();
        configuration.AddTo(command);
        Option<string> folder = new("--out")
        {
            Description = "The folder to write it to",
            HelpName = "DIR",
            Required = true,
        };
        Option<string?> camera = FootageCommand.Camera();
        Option<string?> from = FootageCommand.Day("--from", "Only from this day on, UTC");
        Option<string?> to = FootageCommand.Day("--to", "Only to this day, UTC");
        Option<bool> keep = new("--keep") { Description = "Leave the footage on the device too" };
        Option<bool> json = FootageCommand.Json();
        foreach (Option option in (Option[])[folder, camera, from, to, keep, json])
        {
            command.Options.Add(option);
        }

        HelpWithExamples.AddTo(
            command,
            "asff-edge footage pack --config agent.yaml --out /media/stick",
            "asff-edge footage pack --config agent.yaml --out packs --camera dock-1 --from 2026-03-01 --to 2026-03-07 --keep"
        );
        command.SetAction(
            (arguments, ct) =>
                Task.Run(
                    () =>
                        FootageCommand.Run(
                            configuration,
                            arguments,
                            (loaded, root) =>
                            {
                                FootageSelection selection = new(
                                    arguments.GetValue(camera),
                                    FootageCommand.DayOf(arguments, from),
                                    FootageCommand.DayOf(arguments, to)
                                );
                                PackResult? result = Pack(
                                    loaded,
                                    root,
                                    arguments.GetValue(folder)!,
                                    selection,
                                    arguments.GetValue(keep),
                                    ct
                                );
                                Console.Out.WriteLine(
                                    arguments.GetValue(json)
                                        ? JsonSerializer.Serialize(
                                            result,
                                            FootageReportJson.Default.PackResult
                                        )
                                        : Describe(result, root)
                                );
                                return ExitCodes.Done;
                            }
                        ),
                    CancellationToken.None
                )
        );
        return command;
    }

    private static PackResult? Pack(
        AgentConfiguration configuration,
        string root,
        string folder,
        FootageSelection selection,
        bool isKept,
        CancellationToken ct
    )
    {
        FootagePacker packer = new(
            root,
            configuration.Agent.Id,
            AgentInfo.Version,
            TimeProvider.System
        );
        if (Console.IsErrorRedirected)
        {
            return packer.Pack(folder, selection, isKept, new Told(_ => { }), ct);
        }

        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }
        );
        return console
            .Progress()
            .AutoClear(true)
            .Start(context =>
            {
                ProgressTask task = context.AddTask("hashing");
                return packer.Pack(
                    folder,
                    selection,
                    isKept,
                    new Told(progress =>
                    {
                        task.Description = progress.What;
                        task.MaxValue = progress.Total;
                        task.Value = progress.Done;
                    }),
                    ct
                );
            });
    }

    private static string Describe(PackResult? result, string root) =>
        result is null
            ? $"There is no such footage in {root}, so nothing was packed."
            : $"{result.Path}{(result.IsContinued ? ", begun before" : "")}: {result.Pictures} pictures, "
                + $"{FootageListCommand.Megabytes(result.Bytes)} MiB; they are {(result.IsForgotten ? "no longer" : "still")} on the device.";

    // Unlike Progress<T> it tells in order and at once.
    private sealed class Told(Action<PackProgress> tell) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => tell(value);
    }
}
