using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests.Optimization;

public sealed class DropBlockScheduleTests
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(4, null)]
    [InlineData(5, new[] { 1, 3, 5 })]
    [InlineData(79, new[] { 1, 3, 5 })]
    [InlineData(80, new[] { 3, 5, 7 })]
    [InlineData(149, new[] { 3, 5, 7 })]
    [InlineData(150, new[] { 7, 7, 7 })]
    [InlineData(449, new[] { 7, 7, 7 })]
    public void Blocks_of_the_450_epochs_are_the_authors(int epoch, int[]? blocks)
    {
        DropBlockSettings? settings = DropBlockSchedule.At(epoch, 450, seed: 3);
        Assert.Equal(blocks, settings?.BlockSizes);
        if (settings is not null)
        {
            Assert.Equal(0.9, settings.Keep);
            Assert.Equal(3UL, settings.Seed);
        }
    }

    [Theory]
    [InlineData(45, 0, null)] // 5/450 of 45 epochs is half an epoch
    [InlineData(45, 1, new[] { 1, 3, 5 })]
    [InlineData(45, 7, new[] { 1, 3, 5 })]
    [InlineData(45, 8, new[] { 3, 5, 7 })]
    [InlineData(45, 15, new[] { 7, 7, 7 })]
    [InlineData(900, 9, null)]
    [InlineData(900, 10, new[] { 1, 3, 5 })]
    [InlineData(900, 300, new[] { 7, 7, 7 })]
    public void Other_lengths_take_the_same_shares(int epochs, int epoch, int[]? blocks) =>
        Assert.Equal(blocks, DropBlockSchedule.At(epoch, epochs, seed: 0)?.BlockSizes);
}
