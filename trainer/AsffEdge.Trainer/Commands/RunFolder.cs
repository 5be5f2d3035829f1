using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Commands;

/// <summary>A training's folder: its files, and whether a run may start or go on there.</summary>
internal static class RunFolder
{
    /// <summary>The weights to use.</summary>
    public const string Weights = "checkpoint.safetensors";

    /// <summary>Those that did best on the validation set.</summary>
    public const string BestWeights = "best.safetensors";

    /// <summary>Locked by who trains here.</summary>
    public const string LockName = ".lock";

    /// <summary>What a run goes on from; null for one that starts.</summary>
    /// <exception cref="ConfigurationException">The folder holds a run that is not to be resumed, or none that could be, or is a file.</exception>
    public static string? FindCheckpoint(string folder, bool resume)
    {
        if (File.Exists(folder))
        {
            throw new ConfigurationException($"{folder}: is a file; name a folder for the run");
        }

        string? checkpoint = RunCheckpoint.Find(folder);
        bool hasWeights = File.Exists(Path.Combine(folder, Weights));
        if (resume && checkpoint is null)
        {
            throw new ConfigurationException(
                hasWeights
                    ? $"{folder}: holds weights, but nothing that a run could be resumed from; name another folder and leave out --resume"
                    : $"{folder}: holds no run to resume; leave out --resume to start one"
            );
        }

        if (!resume && (checkpoint is not null || hasWeights))
        {
            throw new ConfigurationException(
                $"{folder}: holds a run already; add --resume to go on with it, or name another folder"
            );
        }

        return checkpoint;
    }
}
