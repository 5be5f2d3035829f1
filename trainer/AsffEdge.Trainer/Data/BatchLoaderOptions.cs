using AsffEdge.Detection;
using AsffEdge.Trainer.Augmentation;

namespace AsffEdge.Trainer.Data;

/// <summary>How batches are made.</summary>
public sealed record BatchLoaderOptions
{
    /// <summary>Images a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The side of a step's pictures in pixels; steps count from 0 from the start of training. Called in order, but ahead of the training.</summary>
    public required Func<int, int> SizeAt { get; init; }

    /// <summary>What is done to the pictures of an epoch (from 0).</summary>
    public Func<int, AugmentationOptions> AugmentationAt { get; init; } =
        _ => AugmentationOptions.None;

    /// <summary>Everything random follows from this.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether each epoch has an order of its own; else the data set's.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether the samples that do not fill a batch at the end of an epoch are left out.</summary>
    public bool DropLast { get; init; } = true;

    /// <summary>Batches made at the same time, each on one thread.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Batches made ahead of the training.</summary>
    public int Prefetch { get; init; } = 3;

    /// <summary>How pixels become the network's input.</summary>
    public InputManifest Input { get; init; } = NetworkInput.Manifest;

    /// <summary>
    /// Old pictures in every batch; null: all are new. An epoch then is the new pictures once; the old ones go round in an order of their own, over epochs.
    /// </summary>
    public Rehearsal? Rehearsal { get; init; }
}
