using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests;

/// <summary>A training of a tiny network in which everything random and everything that remembers takes part.</summary>
internal static class TinyTraining
{
    public static TrainingConfiguration Configuration { get; } =
        new()
        {
            Model = new ModelOptions
            {
                Variant = "asff_star",
                BackboneWidth = 0.1,
                NeckWidth = 0.1,
            },
            Optimizer = new OptimizerOptions
            {
                LearningRate = 1e-3,
                WarmupEpochs = 1,
                ClipNorm = 100,
            },
            Augmentation = new AugmentationOptions { Mixup = new() { Probability = 0.5 } },
            Epochs = 4,
            BatchSize = 1,
            Accumulate = 2,
            Sizes = [320, 352],
            SizeEvery = 1,
            MixupOffEpochs = 1,
            EmaDecay = 0.9,
        };

    /// <summary>A run of four images, two steps an epoch.</summary>
    public static TrainingRun Create(TrainingConfiguration configuration) =>
        new(configuration, new RectangleDataset(4));

    /// <summary>All tensors of a run, as bits.</summary>
    public static Dictionary<string, int[]> Bits(TrainingRun run) =>
        run
            .Parts.SelectMany(part =>
                part.Tensors.Select(pair =>
                    KeyValuePair.Create(
                        $"{part.Part}/{pair.Key}",
                        Array.ConvertAll(
                            NetworkState.Read(pair.Value),
                            BitConverter.SingleToInt32Bits
                        )
                    )
                )
            )
            .ToDictionary();
}
