using AsffEdge.Agent.Health;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Health;

public sealed class ProgressWatchTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly ProgressWatch _watch;

    public ProgressWatchTests() => _watch = new ProgressWatch(_time);

    [Fact]
    public void Frames_that_are_inferred_are_progress()
    {
        for (int second = 0; second < 100; second++)
        {
            Assert.True(Check(inferred: second, decoded: 3 * second));
        }
    }

    [Fact]
    public void No_frames_at_all_are_no_fault()
    {
        Assert.True(Check(inferred: 5, decoded: 5));
        for (int second = 0; second < 100; second++)
        {
            Assert.True(Check(inferred: 5, decoded: 5));
        }
    }

    [Fact]
    public void Frames_that_come_and_are_not_inferred_are_a_fault_after_the_deadline_until_one_is()
    {
        Assert.True(Check(inferred: 5, decoded: 5));
        for (int second = 1; second <= 10; second++)
        {
            Assert.True(Check(inferred: 5, decoded: 5 + second));
        }

        Assert.False(Check(inferred: 5, decoded: 16));
        Assert.False(Check(inferred: 5, decoded: 17));
        Assert.True(Check(inferred: 6, decoded: 18));
    }

    [Fact]
    public void An_inference_that_does_not_end_is_a_fault()
    {
        Assert.True(Check(inferred: 5, decoded: 6, running: TimeSpan.FromSeconds(10)));
        Assert.False(Check(inferred: 5, decoded: 6, running: TimeSpan.FromSeconds(11)));
    }

    private bool Check(long inferred, long decoded, TimeSpan running = default)
    {
        bool isWell = _watch.IsWell(inferred, decoded, running, Deadline);
        _time.Advance(TimeSpan.FromSeconds(1));
        return isWell;
    }
}
