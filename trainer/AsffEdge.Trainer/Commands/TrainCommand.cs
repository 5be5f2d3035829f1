using System.CommandLine;
using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;
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
            Description = "Folder for checkpoint and log; made when missing.",
            Required = true,
        };
        var epochs = new Option<int?>("--epochs")
        {
            Description = "Epochs, instead of the configuration's.",
        };
        var threads = new Option<int?>("--threads")
        {
            Description = "CPU threads of the tensor library (default: all cores).",
        };
        var command = new Command(
            "train",
            "Train a network.\n\nExample: asff-train train --config config/training/pedestrian.yaml --out runs/pedestrian"
        )
        {
            config,
            output,
            epochs,
            threads,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Task.FromResult(
                    CommandErrors.Catch(
                        parsed,
                        () =>
                        {
                            TrainingConfiguration configuration = TrainingConfiguration.Read(
                                parsed.GetRequiredValue(config).FullName
                            );
                            if (parsed.GetValue(epochs) is { } count)
                            {
                                configuration = configuration with { Epochs = count };
                            }

                            if (parsed.GetValue(threads) is { } number)
                            {
                                set_num_threads(number);
                            }

                            return Run(
                                configuration,
                                parsed.GetRequiredValue(output).FullName,
                                cancellation
                            );
                        }
                    )
                )
        );
        return command;
    }

    private static int Run(
        TrainingConfiguration configuration,
        string folder,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(folder);
        using LabelledDataset dataset = configuration.Data.OpenTraining();
        Device device = cuda.is_available() ? CUDA : CPU;
        using var run = new TrainingRun(configuration, dataset, device);
        using var progress = new TrainingProgress(
            configuration,
            run,
            dataset.Count,
            folder,
            device.ToString()
        );
        run.Run(
            progress.OnStep,
            epoch =>
            {
                progress.OnEpoch(epoch);
                if (epoch % configuration.SaveEvery == 0 || epoch == configuration.Epochs)
                {
                    Save(
                        configuration,
                        run,
                        dataset,
                        epoch,
                        Path.Combine(folder, "checkpoint.safetensors")
                    );
                }
            },
            cancellation
        );
        progress.Finish();
        progress.Note(
            $"{Path.Combine(folder, "checkpoint.safetensors")}: {configuration.Epochs} epochs"
        );
        return 0;
    }

    private static void Save(
        TrainingConfiguration configuration,
        TrainingRun run,
        LabelledDataset dataset,
        int epoch,
        string path
    ) =>
        Checkpoint.Save(
            path,
            run.BestState,
            new CheckpointInfo(
                configuration.Model.Name,
                configuration.Model.Version,
                run.Network,
                dataset.Labels,
                new ThresholdManifest(
                    configuration.Model.ScoreThreshold,
                    configuration.Model.NmsThreshold
                ),
                new()
                {
                    ["variant"] = run.Network.Variant,
                    ["backbone_width"] = run.Network.BackboneWidth,
                    ["neck_width"] = run.Network.NeckWidth,
                    ["epochs"] = epoch,
                    ["images"] = dataset.Count,
                    ["batch_size"] = configuration.BatchSize,
                    ["optimizer"] = configuration.Optimizer.Kind.ToString(),
                    ["seed"] = configuration.Seed,
                }
            )
        );
}
