using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Optimization;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Commands;

/// <summary><c>asff-train train</c>: trains a network as a configuration says.</summary>
public static class TrainCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var config = new Option<FileInfo>("--config")
        {
            Description = "Training configuration (YAML).",
            Required = true,
        };
        var output = new Option<DirectoryInfo>("--out")
        {
            Description = "The run's folder, for weights and logs; made when missing.",
            Required = true,
        };
        var resume = new Option<bool>("--resume")
        {
            Description = "Go on with the run in the folder, as if it had never stopped.",
        };
        var epochs = new Option<int?>("--epochs")
        {
            Description = "Epochs, instead of the configuration's.",
        };
        var seed = new Option<int?>("--seed")
        {
            Description = "Seed, instead of the configuration's.",
        };
        var from = new Option<FileInfo?>("--from")
        {
            Description =
                "Fine-tune: start from this checkpoint or exported ONNX file, instead of the configuration's model.weights.",
        };
        var dataset = new Option<DirectoryInfo?>("--dataset")
        {
            Description =
                "Train on this data set (of 'asff-train dataset'), instead of what the configuration's data names.",
        };
        var rate = new Option<double?>("--learning-rate")
        {
            Description =
                "Learning rate after warm-up, instead of the configuration's; the last one keeps its ratio to it.",
        };
        var threads = new Option<int?>("--threads")
        {
            Description = "CPU threads of the tensor library (default: all cores).",
        };
        var command = new Command(
            "train",
            """
            Train a network. Ctrl-C stops after the step and saves what --resume needs.

            Examples:
              asff-train train --config config/training/pedestrian.yaml --out runs/pedestrian
              asff-train train --config config/training/finetune.yaml --from models/pedestrian.onnx --dataset data/v3 --out runs/v3
            """
        )
        {
            config,
            output,
            resume,
            epochs,
            seed,
            from,
            dataset,
            rate,
            threads,
        };
        command.SetAction(parsed =>
            CommandErrors.Catch(
                parsed,
                () =>
                {
                    var configuration = TrainingConfiguration.Read(
                        parsed.GetRequiredValue(config).FullName,
                        parsed.GetValue(epochs),
                        parsed.GetValue(seed),
                        new TrainingOverrides(
                            parsed.GetValue(from)?.FullName,
                            parsed.GetValue(dataset)?.FullName,
                            parsed.GetValue(rate)
                        )
                    );
                    if (CommandErrors.RequireThreads(parsed.GetValue(threads)) is { } number)
                    {
                        set_num_threads(number);
                    }

                    return Run(
                        configuration,
                        parsed.GetRequiredValue(output).FullName,
                        parsed.GetValue(resume),
                        parsed
                    );
                }
            )
        );
        return command;
    }

    private static int Run(
        TrainingConfiguration configuration,
        string folder,
        bool resume,
        ParseResult parsed
    )
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            // The first ends the run after its step; a second one ends the program at once.
            signal.Cancel = !stop.IsCancellationRequested;
            if (signal.Cancel)
            {
                errors.WriteLine("\nstopping after this step; once more to stop at once");
                stop.Cancel();
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            TrainingSession.Run(configuration, folder, resume, stop.Token);
            return 0;
        }
        catch (Exception error)
            when (error
                    is OperationCanceledException
                        or NotFiniteNumberException
                        or IOException
                        and not FileInUseException
            )
        {
            errors.WriteLine(error is OperationCanceledException ? "interrupted" : error.Message);
            errors.WriteLine(
                TrainingSession.SavedAt(folder) is { } saved
                    ? $"saved: {saved}; go on with: {ResumeCommand(parsed)}"
                    : "nothing was saved yet"
            );
            return 1;
        }
    }

    private static string ResumeCommand(ParseResult parsed)
    {
        IEnumerable<string> arguments = parsed
            .Tokens.Where(token => token.Type != TokenType.Command)
            .Select(token => token.Value)
            .Where(value => value != "--resume")
            .Select(value => value.Contains(' ', StringComparison.Ordinal) ? $"'{value}'" : value);
        return $"asff-train train {string.Join(' ', arguments)} --resume";
    }
}
