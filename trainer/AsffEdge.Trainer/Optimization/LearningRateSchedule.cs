namespace AsffEdge.Trainer.Optimization;

/// <summary>Warm-up, then half a cosine or a few falls. A pure function of the step, so that a resumed run continues it exactly.</summary>
public static class LearningRateSchedule
{
    private const double FallFactor = 0.1;

    /// <summary>The rate at a step.</summary>
    /// <param name="options">Rates and warm-up.</param>
    /// <param name="step">Steps done since the start of training.</param>
    /// <param name="stepsPerEpoch">Steps an epoch.</param>
    /// <param name="epochs">Epochs of the whole training.</param>
    public static double At(OptimizerOptions options, int step, int stepsPerEpoch, int epochs)
    {
        double warmup = options.WarmupEpochs * stepsPerEpoch;
        if (step < warmup)
        {
            return options.LearningRate * Math.Pow((step + 1) / warmup, 4);
        }

        double total = (double)stepsPerEpoch * epochs;
        if (!options.Cosine)
        {
            int falls = options.Falls.Count(fall => step >= fall * total);
            return options.LearningRate * Math.Pow(FallFactor, falls);
        }

        double share = total > warmup ? Math.Clamp((step - warmup) / (total - warmup), 0, 1) : 1;
        return options.FinalLearningRate
            + (
                (options.LearningRate - options.FinalLearningRate)
                * (1 + Math.Cos(Math.PI * share))
                / 2
            );
    }
}
