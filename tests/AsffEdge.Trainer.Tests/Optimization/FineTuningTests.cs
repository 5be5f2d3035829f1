using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests.Optimization;

public sealed class FineTuningTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public void Frozen_parts_stay_to_the_last_bit_and_the_others_learn()
    {
        TrainingConfiguration configuration = TinyTraining.Configuration with
        {
            Epochs = 1,
            Optimizer = TinyTraining.Configuration.Optimizer with
            {
                Frozen = ["backbone", "head.level0"],
            },
        };
        using TrainingRun run = TinyTraining.Create(configuration);
        Dictionary<string, float[]> before = Values(run.State);

        run.Run(_ => { }, _ => { }, TestContext.Current.CancellationToken);

        foreach (NetworkState state in (NetworkState[])[run.State, run.BestState])
        {
            Dictionary<string, float[]> after = Values(state);
            foreach ((string name, float[] values) in before)
            {
                bool isFrozen =
                    name.StartsWith("backbone.", StringComparison.Ordinal)
                    || name.StartsWith("head.level0.", StringComparison.Ordinal);
                Assert.True(isFrozen == values.SequenceEqual(after[name]), name);
            }
        }
    }

    [Theory]
    [InlineData("backbon", "names 'backbon', which the network does not have")]
    [InlineData("backbone,neck,fusion,head", "holds the whole network")]
    public void Parts_that_do_not_exist_or_leave_nothing_are_refused(string parts, string reason)
    {
        TrainingConfiguration configuration = TinyTraining.Configuration with
        {
            Optimizer = TinyTraining.Configuration.Optimizer with { Frozen = parts.Split(',') },
        };

        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            TinyTraining.Create(configuration)
        );

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.25, 8, 2)]
    [InlineData(0.01, 8, 1)]
    [InlineData(0.99, 8, 7)]
    public void Every_step_has_old_and_new_pictures(double share, int images, int old) =>
        Assert.Equal(old, new RehearsalOptions { Share = share }.PerStep(images));

    [Fact]
    public void A_learning_rate_of_the_command_line_takes_the_last_rate_with_it()
    {
        TrainingConfiguration changed = new TrainingOverrides(null, null, 1e-4).Apply(
            new TrainingConfiguration
            {
                Optimizer = new OptimizerOptions { LearningRate = 1e-3, FinalLearningRate = 1e-5 },
            }
        );

        Assert.Equal(1e-4, changed.Optimizer.LearningRate, 12);
        Assert.Equal(1e-6, changed.Optimizer.FinalLearningRate, 12);
    }

    private static Dictionary<string, float[]> Values(NetworkState state) =>
        state.Entries.ToDictionary(entry => entry.Name, entry => state.Read(entry.Name));
}
