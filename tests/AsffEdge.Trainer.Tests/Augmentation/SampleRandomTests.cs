using AsffEdge.Trainer.Augmentation;

namespace AsffEdge.Trainer.Tests.Augmentation;

public sealed class SampleRandomTests
{
    [Fact]
    public void Streams_of_samples_and_epochs_differ()
    {
        ulong[] firsts =
        [
            .. from seed in (ulong[])[0, 1]
            from epoch in Enumerable.Range(0, 20)
            from index in Enumerable.Range(-1, 100)
            select SampleRandom.For(seed, epoch, index).NextBits(),
        ];
        Assert.Equal(firsts.Length, firsts.Distinct().Count());
    }

    [Fact]
    public void Follows_SplitMix64()
    {
        // Reference values of the published generator for seed 1234567.
        var random = new SampleRandom(1234567);
        Assert.Equal(6457827717110365317UL, random.NextBits());
        Assert.Equal(3203168211198807973UL, random.NextBits());
        Assert.Equal(9817491932198370423UL, random.NextBits());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(4)]
    public void Beta_has_its_mean_and_variance(double alpha)
    {
        var random = new SampleRandom(5);
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => random.SymmetricBeta(alpha))];
        Assert.All(values, value => Assert.InRange(value, 0, 1));
        double mean = values.Average();
        double variance = values.Average(value => (value - mean) * (value - mean));
        Assert.Equal(0.5, mean, 0.01);
        Assert.Equal(1 / (4 * (2 * alpha + 1)), variance, 0.003);
    }

    [Fact]
    public void A_permutation_holds_everything_once_in_another_order()
    {
        int[] order = new SampleRandom(3).Permutation(100);
        Assert.NotEqual(Enumerable.Range(0, 100), order);
        Assert.Equal(Enumerable.Range(0, 100), order.Order());
    }
}
