using System.CommandLine;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Logging;
using AsffEdge.Trainer.Visualization;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train plot</c>: the curves of trainings as a picture.</summary>
public static class PlotCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var runs = new Argument<string[]>("runs")
        {
            Description = "Folders of trainings, or their log.csv files; drawn over one another.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<FileInfo>("--out")
        {
            Description = "PNG file to write.",
            DefaultValueFactory = _ => new FileInfo("curves.png"),
        };
        var command = new Command(
            "plot",
            "Draw loss terms, learning rate and validation precision of one or several trainings.\n\nExample: asff-train plot runs/asff runs/baseline --out curves.png"
        )
        {
            runs,
            output,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    FileInfo file = parsed.GetRequiredValue(output);
                    CommandErrors.RequireWritable(parsed.GetRequiredValue(runs), file);
                    LoggedRun[] logs = [.. parsed.GetRequiredValue(runs).Select(LoggedRun.Read)];
                    byte[] picture = CurvesPicture.Draw(logs);
                    AtomicFile.Write(file.FullName, stream => stream.Write(picture));
                    parsed.InvocationConfiguration.Output.WriteLine(
                        $"{file}: {string.Join(", ", logs.Select(log => $"{log.Name} ({log.Epochs.Length} epochs)"))}"
                    );
                    return 0;
                }
            )
        );
        return command;
    }
}
