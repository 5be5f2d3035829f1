using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests.Optimization;

/// <summary>What changes during a training changes at the step or epoch that the configuration says, and depends on nothing else.</summary>
public sealed class ScheduleBoundaryTests
{
    [Theory]
    [InlineData(300, 30, 269, true)]
    [InlineData(300, 30, 270, false)]
    [InlineData(300, 30, 299, false)]
    [InlineData(300, 0, 299, true)]
    [InlineData(20, 30, 0, false)]
    public void Mixup_ends_before_the_last_epochs(int epochs, int off, int epoch, bool isOn)
    {
        var configuration = new TrainingConfiguration { Epochs = epochs, MixupOffEpochs = off };
        AugmentationOptions augmentation = configuration.AugmentationAt(epoch);
        Assert.Equal(
            isOn ? configuration.Augmentation.Mixup.Probability : 0,
            augmentation.Mixup.Probability
        );
        Assert.Equal(configuration.Augmentation with { Mixup = augmentation.Mixup }, augmentation);
    }

    [Fact]
    public void A_size_is_drawn_anew_every_so_many_steps_from_seed_and_draw()
    {
        var configuration = new TrainingConfiguration { SizeEvery = 10 };
        int[] draws = [.. Enumerable.Range(0, 40).Select(draw => configuration.SizeAt(draw * 10))];
        for (int draw = 0; draw < draws.Length; draw++)
        {
            Assert.Equal(draws[draw], configuration.SizeAt((draw * 10) + 9));
        }

        Assert.NotEqual(
            draws,
            Enumerable
                .Range(0, 40)
                .Select(draw => (configuration with { Seed = 2 }).SizeAt(draw * 10))
        );
        Assert.Equal(
            draws,
            Enumerable.Range(0, 40).Select(draw => (configuration with { }).SizeAt(draw * 10))
        );
    }
}
