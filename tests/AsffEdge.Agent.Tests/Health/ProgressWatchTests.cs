using AsffEdge.Agent.Health;
using AsffEdge.Messaging;
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
            Assert.Null(Check(inferred: second, delivered: 3 * second));
        }
    }

    [Fact]
    public void No_frames_at_all_are_no_fault()
    {
        Assert.Null(Check(inferred: 5, delivered: 5));
        for (int second = 0; second < 100; second++)
        {
            Assert.Null(Check(inferred: 5, delivered: 5));
        }
    }

    [Fact]
    public void Frames_that_come_and_are_not_inferred_are_a_fault_after_the_deadline_until_one_is()
    {
        Assert.Null(Check(inferred: 5, delivered: 5));
        for (int second = 1; second <= 10; second++)
        {
            Assert.Null(Check(inferred: 5, delivered: 5 + second));
        }

        Assert.Equal(HealthCode.FramesNotInferred, Check(inferred: 5, delivered: 16));
        Assert.Equal(HealthCode.FramesNotInferred, Check(inferred: 5, delivered: 17));
        Assert.Null(Check(inferred: 6, delivered: 18));
    }

    [Fact]
    public void An_inference_that_does_not_end_is_a_fault()
    {
        Assert.Null(Check(inferred: 5, delivered: 6, running: TimeSpan.FromSeconds(10)));
        Assert.Equal(
            HealthCode.InferenceOverdue,
            Check(inferred: 5, delivered: 6, running: TimeSpan.FromSeconds(11))
        );
    }

    [Fact]
    public void Frames_that_wait_for_a_size_to_be_warmed_are_no_fault()
    {
        long delivered = 5;
        Assert.Null(Check(inferred: 5, delivered));
        for (int second = 1; second <= 600; second++)
        {
            Assert.Null(Check(inferred: 5, ++delivered, warming: TimeSpan.FromSeconds(second)));
        }

        // From its end on, the next frame has the whole deadline.
        for (int second = 1; second <= 10; second++)
        {
            Assert.Null(Check(inferred: 5, ++delivered));
        }

        Assert.Equal(HealthCode.FramesNotInferred, Check(inferred: 5, ++delivered));
    }

    [Fact]
    public void A_warm_up_that_does_not_end_is_a_fault()
    {
        TimeSpan longest = ProgressWatch.LongestWarmUp;
        Assert.Null(Check(inferred: 5, delivered: 6, warming: longest));
        Assert.Equal(
            HealthCode.FramesNotInferred,
            Check(inferred: 5, delivered: 7, warming: longest + TimeSpan.FromSeconds(1))
        );
    }

    private HealthCode? Check(
        long inferred,
        long delivered,
        TimeSpan running = default,
        TimeSpan warming = default
    )
    {
        HealthCode? fault = _watch.Judge(inferred, delivered, running, warming, Deadline);
        _time.Advance(TimeSpan.FromSeconds(1));
        return fault;
    }
}
