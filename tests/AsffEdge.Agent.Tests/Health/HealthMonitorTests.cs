using AsffEdge.Agent.Health;
using AsffEdge.Messaging;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Health;

public sealed class HealthMonitorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Degradations _board = new();
    private readonly HealthMonitor _monitor;

    public HealthMonitorTests() =>
        _monitor = new HealthMonitor([() => _board.Standing, () => _board.Standing], _time);

    [Fact]
    public void Nothing_wrong_is_ok()
    {
        HealthAssessment assessment = _monitor.Assess();

        Assert.Equal(HealthState.Ok, assessment.State);
        Assert.Empty(assessment.Reasons);
    }

    [Theory]
    [InlineData(HealthCode.BrokerUnreachable, HealthState.Degraded)]
    [InlineData(HealthCode.ProviderFallback, HealthState.Degraded)]
    [InlineData(HealthCode.InferenceOverdue, HealthState.Stuck)]
    [InlineData(HealthCode.FramesNotInferred, HealthState.Stuck)]
    [InlineData(HealthCode.WorkNotDone, HealthState.Stuck)]
    public void Only_an_agent_that_does_not_do_its_work_is_stuck(HealthCode code, HealthState state)
    {
        _board.Raise(HealthCode.CameraOffline, "gone", "dock-1");
        _board.Raise(code, "so it is");

        Assert.Equal(state, _monitor.Assess().State);
    }

    [Fact]
    public void That_the_broker_is_away_is_not_told_over_the_broker()
    {
        _board.Raise(HealthCode.BrokerUnreachable, "away");
        Assert.Equal(HealthState.Degraded, _monitor.Assess().State);
        Assert.Equal(HealthState.Ok, _monitor.Assess().OverTheBroker().State);

        _board.Raise(HealthCode.DiskFloor, "60 MiB");
        HealthAssessment told = _monitor.Assess().OverTheBroker();
        Assert.Equal(HealthCode.DiskFloor, Assert.Single(told.Reasons).Code);
    }

    [Fact]
    public void What_goes_on_keeps_its_beginning_and_what_comes_back_begins_anew()
    {
        DateTime start = _time.GetUtcNow().UtcDateTime;
        _board.Raise(HealthCode.DiskFloor, "60 MiB");
        _ = _monitor.Assess();
        _time.Advance(TimeSpan.FromSeconds(5));
        _board.Raise(HealthCode.DiskFloor, "50 MiB");
        HealthReason reason = Assert.Single(_monitor.Assess().Reasons);
        Assert.Equal(("50 MiB", start), (reason.Detail, reason.Since));
        Assert.Equal(HealthAdvice.For(HealthCode.DiskFloor), reason.Advice);

        _board.Clear(HealthCode.DiskFloor);
        _ = _monitor.Assess();
        _board.Raise(HealthCode.DiskFloor, "40 MiB");
        Assert.Equal(start.AddSeconds(5), Assert.Single(_monitor.Assess().Reasons).Since);
    }

    [Fact]
    public void What_two_say_is_told_once_in_order_and_changes_are_seen()
    {
        HealthAssessment before = _monitor.Assess();
        _board.Raise(HealthCode.BrokerUnreachable, "away");
        _board.Raise(HealthCode.CameraLate, "late", "dock-2");
        _board.Raise(HealthCode.CameraLate, "late", "dock-1");
        HealthAssessment after = _monitor.Assess();

        Assert.Equal(
            [
                (HealthCode.CameraLate, "dock-1"),
                (HealthCode.CameraLate, "dock-2"),
                (HealthCode.BrokerUnreachable, null),
            ],
            after.Reasons.Select(reason => (reason.Code, reason.Camera))
        );
        Assert.False(after.HasReasonsOf(before));
        _board.Raise(HealthCode.BrokerUnreachable, "still away");
        Assert.True(_monitor.Assess().HasReasonsOf(after));
    }
}
