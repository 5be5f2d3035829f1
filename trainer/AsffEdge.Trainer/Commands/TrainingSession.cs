using System.Text.Json.Nodes;
using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Optimization;
using AsffEdge.Trainer.Prediction;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Commands;

/// <summary>
/// One call of <c>asff-train train</c>: a run and its folder. In the folder are <c>checkpoint.safetensors</c> (the weights to use),
/// <c>best.safetensors</c> (those that did best on the validation set), <c>resume/</c> (what a resumed run needs) and the logs.
/// </summary>
internal sealed class TrainingSession
{
    private readonly TrainingConfiguration _configuration;
    private readonly string _folder;
    private readonly TrainingRun _run;
    private readonly LabelledDataset? _validation;
    private readonly DatasetIdentity _identity;
    private readonly JsonObject _lineage;
    private BestValidation? _best;
    private float? _threshold;

    private TrainingSession(
        TrainingConfiguration configuration,
        string folder,
        TrainingRun run,
        LabelledDataset? validation,
        DatasetIdentity identity,
        JsonObject lineage,
        RunDescription? saved
    )
    {
        _lineage = lineage;
        _configuration = configuration;
        _folder = folder;
        _run = run;
        _validation = validation;
        _identity = identity;
        _best = saved?.Best;
        _threshold = saved?.RecommendedThreshold;
    }

    /// <summary>Checks that everything fits together before anything is written, then trains to the end.</summary>
    /// <param name="configuration">What to train.</param>
    /// <param name="folder">The run's folder; need not exist.</param>
    /// <param name="resume">Whether to go on with the run in the folder.</param>
    /// <param name="cancellation">Stops after the step, saves what a resumed run needs, and throws <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ConfigurationException">The folder holds a run and is not to be resumed, or holds none, or another one.</exception>
    /// <exception cref="DatasetException">A data set cannot be used.</exception>
    /// <exception cref="InvalidDataException">The run in the folder is damaged.</exception>
    /// <exception cref="NotFiniteNumberException">Training broke down; nothing of it was saved.</exception>
    /// <exception cref="FileInUseException">Another program trains in the folder.</exception>
    /// <exception cref="IOException">A file could not be written; what was saved before is still there.</exception>
    public static void Run(
        TrainingConfiguration configuration,
        string folder,
        bool resume,
        CancellationToken cancellation
    )
    {
        string? checkpoint = RunFolder.FindCheckpoint(folder, resume);
        RunDescription? saved = checkpoint is null ? null : RunCheckpoint.Describe(checkpoint);
        if (saved is not null)
        {
            RequireSame(checkpoint!, ResumeRules.Conflicts(saved.Configuration, configuration));
        }

        using LabelledDataset dataset = configuration.Data.OpenTraining();
        using LabelledDataset? rehearsed = configuration.Data.OpenRehearsal(dataset.Labels);
        var identity = DatasetIdentity.Of(dataset, rehearsed);
        if (saved is not null)
        {
            RequireSame(checkpoint!, [.. identity.DifferencesFrom(saved.Dataset)]);
        }

        using LabelledDataset? validation =
            configuration.ValidationEvery > 0
                ? configuration.Data.OpenValidation(dataset.Labels)
                : null;
        Device device = cuda.is_available() ? CUDA : CPU;
        JsonObject lineage = saved?.Lineage ?? Lineage.Of(configuration, identity);
        using var run = new TrainingRun(
            // A run that goes on has its own weights; those that it started from may be gone.
            saved is null
                ? configuration
                : configuration with
                {
                    Model = configuration.Model with { Weights = null },
                },
            dataset,
            device,
            rehearsed
        );
        if (saved is not null)
        {
            RunCheckpoint.Restore(checkpoint!, run);
        }

        if (run.EpochsDone >= configuration.Epochs)
        {
            Console.WriteLine(
                $"{folder}: all {configuration.Epochs} epochs are done; more with --epochs"
            );
            return;
        }

        NativeHeap.KeepFreed();
        Directory.CreateDirectory(folder);
        using var held = WriteLock.Take(Path.Combine(folder, RunFolder.LockName), folder);
        if (RunFolder.FindCheckpoint(folder, resume) != checkpoint)
        {
            throw new ConfigurationException(
                $"{folder}: another asff-train has gone on with this run meanwhile; start again"
            );
        }

        using var progress = new TrainingProgress(
            configuration,
            run,
            dataset.Count,
            folder,
            device.ToString(),
            run.EpochsDone
        );
        if (configuration.Model.Weights is { } weights && saved is null)
        {
            progress.Note(
                $"{weights}: {run.TakenTensors} of {run.State.Entries.Count} tensors taken, {run.State.Entries.Count - run.TakenTensors} start fresh"
            );
        }

        if (saved is not null)
        {
            progress.Note(Describe(saved, configuration.Epochs));
        }

        new TrainingSession(configuration, folder, run, validation, identity, lineage, saved).Train(
            progress,
            cancellation
        );
        progress.Finish();
        progress.Note($"{Path.Combine(folder, RunFolder.Weights)}: {configuration.Epochs} epochs");
    }

    /// <summary>Where a run that has ended early can go on; null where nothing is saved.</summary>
    /// <param name="folder">The run's folder.</param>
    public static string? SavedAt(string folder) =>
        RunCheckpoint.Find(folder) is { } checkpoint
        && RunCheckpoint.Describe(checkpoint) is { } description
            ? $"{checkpoint} (epoch {description.Epoch}, step {description.Step})"
            : null;

    private static void RequireSame(string checkpoint, IReadOnlyList<string> differences)
    {
        if (differences.Count > 0)
        {
            throw new ConfigurationException(
                $"{checkpoint}: is of another run:\n  {string.Join("\n  ", differences)}"
            );
        }
    }

    private static string Describe(RunDescription saved, int epochs)
    {
        string resumed = $"resumed after epoch {saved.Epoch}, step {saved.Step}";
        return saved.Configuration.Epochs == epochs
            ? resumed
            : $"{resumed}; warning: epochs was {saved.Configuration.Epochs} and is {epochs} now, so the schedules go on as those of the new length";
    }

    private void Train(TrainingProgress progress, CancellationToken cancellation)
    {
        try
        {
            _run.Run(progress.OnStep, epoch => OnEpoch(epoch, progress), cancellation);
        }
        catch (OperationCanceledException) when (_run.StepsDone > 0)
        {
            _run.RequireFinite();
            SaveRun();
            throw;
        }
    }

    private void OnEpoch(int epoch, TrainingProgress progress)
    {
        _run.RequireFinite();
        bool isLast = epoch == _configuration.Epochs;
        CocoResult? result = null;
        if (_validation is not null && (isLast || epoch % _configuration.ValidationEvery == 0))
        {
            result = Validate(_validation);
            _threshold = result.RecommendedThreshold() ?? _threshold;
            if (_best is null || result.AP > _best.Ap)
            {
                _best = new BestValidation(epoch, result.AP, result.AP50);
                Checkpoint.Save(
                    Path.Combine(_folder, RunFolder.BestWeights),
                    _run.BestState,
                    Describe(epoch, result)
                );
            }
        }

        progress.OnEpoch(epoch, result);
        if (isLast || epoch % _configuration.SaveEvery == 0)
        {
            // In this order: a crash in between repeats epochs, and writes the same weights again.
            Checkpoint.Save(
                Path.Combine(_folder, RunFolder.Weights),
                _run.BestState,
                Describe(epoch, result)
            );
            SaveRun();
        }
    }

    private CocoResult Validate(LabelledDataset validation)
    {
        using var predictor = new CheckpointPredictor(
            _run.BestState,
            Describe(_run.EpochsDone, null)
        );
        return new ModelEvaluator(predictor, validation)
            .Evaluate(_configuration.ValidationSize)
            .Coco;
    }

    private void SaveRun() =>
        RunCheckpoint.Save(
            _folder,
            _run,
            new RunDescription
            {
                Step = _run.StepsDone,
                Epoch = _run.EpochsDone,
                Dataset = _identity,
                Lineage = _lineage,
                Best = _best,
                RecommendedThreshold = _threshold,
                Configuration = _configuration,
            }
        );

    private CheckpointInfo Describe(int epoch, CocoResult? result)
    {
        var info = new CheckpointInfo(
            _configuration.Model.Name,
            _configuration.Model.Version,
            _run.Network,
            _identity.Labels,
            new ThresholdManifest(
                _configuration.Model.ScoreThreshold
                    ?? _threshold
                    ?? ModelOptions.DefaultScoreThreshold,
                _configuration.Model.NmsThreshold
            ),
            new()
            {
                ["variant"] = _run.Network.Variant,
                ["backbone_width"] = _run.Network.BackboneWidth,
                ["neck_width"] = _run.Network.NeckWidth,
                ["epochs"] = epoch,
                ["images"] = _identity.Images,
                ["batch_size"] = _configuration.ImagesPerStep,
                ["optimizer"] = _configuration.Optimizer.Kind.ToString(),
                ["seed"] = _configuration.Seed,
                [Lineage.Key] = _lineage.DeepClone(),
            }
        );
        if (result is not null)
        {
            info.Training["validation_size"] = _configuration.ValidationSize;
            info.Training["ap"] = result.AP;
            info.Training["ap50"] = result.AP50;
        }

        return info;
    }
}
