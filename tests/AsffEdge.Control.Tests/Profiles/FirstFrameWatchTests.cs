using AsffEdge.Control.Profiles;

namespace AsffEdge.Control.Tests.Profiles;

public sealed class FirstFrameWatchTests
{
    [Fact]
    public void A_change_is_over_with_its_first_frame_or_one_of_a_later_change()
    {
        FirstFrameWatch watch = new();
        watch.OnFrame(3);
        Task[] expected = [watch.Expect(3), watch.Expect(4), watch.Expect(5)];

        Assert.Equal([true, false, false], expected.Select(each => each.IsCompleted));
        watch.OnFrame(5);
        Assert.All(expected, each => Assert.True(each.IsCompleted));
    }

    [Fact]
    public async Task No_frame_slips_through_between_asking_and_waiting()
    {
        FirstFrameWatch watch = new();
        for (int change = 1; change <= 2000; change++)
        {
            long next = change;
            Task frame = Task.Run(() => watch.OnFrame(next), TestContext.Current.CancellationToken);
            await watch
                .Expect(change)
                .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            await frame;
        }
    }
}
