using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests.Optimization;

public sealed class LearningRateScheduleTests
{
    private static readonly OptimizerOptions Options = new()
    {
        LearningRate = 1e-3,
        FinalLearningRate = 1e-5,
        WarmupEpochs = 4,
    };

    [Theory]
    [InlineData(3, 1e-3 * 0.00390625)] // the end of the first of four epochs of warm-up: (1/4)^4
    [InlineData(15, 1e-3)] // the end of warm-up
    [InlineData(16, 1e-3)] // the start of the cosine
    [InlineData(208, (1e-3 + 1e-5) / 2)] // half-way
    [InlineData(400, 1e-5)] // the end
    public void Rate_is_that_of_the_recipe(int step, double expected) =>
        Assert.Equal(
            expected,
            LearningRateSchedule.At(Options, step, stepsPerEpoch: 4, epochs: 100),
            9
        );

    [Fact]
    public void Rate_rises_through_warm_up_and_falls_after_it()
    {
        double[] rates =
        [
            .. Enumerable
                .Range(0, 400)
                .Select(step => LearningRateSchedule.At(Options, step, 4, 100)),
        ];
        Assert.All(Enumerable.Range(1, 15), step => Assert.True(rates[step] > rates[step - 1]));
        Assert.All(Enumerable.Range(17, 383), step => Assert.True(rates[step] < rates[step - 1]));
    }

    [Theory]
    [InlineData(3, 1e-3 * 0.00390625)] // the same warm-up
    [InlineData(319, 1e-3)]
    [InlineData(320, 1e-4)] // 80 % of 400 steps
    [InlineData(359, 1e-4)]
    [InlineData(360, 1e-5)] // 90 %
    [InlineData(399, 1e-5)]
    public void Without_cosine_the_rate_falls_twice(int step, double expected) =>
        Assert.Equal(
            expected,
            LearningRateSchedule.At(Options with { Cosine = false }, step, 4, 100),
            12
        );

    [Fact]
    public void Without_warm_up_the_first_step_has_the_full_rate() =>
        Assert.Equal(
            1e-3,
            LearningRateSchedule.At(Options with { WarmupEpochs = 0 }, 0, 4, 100),
            12
        );
}
