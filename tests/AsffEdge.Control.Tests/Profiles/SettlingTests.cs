using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using static AsffEdge.Control.Tests.Profiles.ProfileFixture;

namespace AsffEdge.Control.Tests.Profiles;

/// <summary>What is watched after a change, and what happens when it fails.</summary>
public sealed class SettlingTests : IDisposable
{
    private readonly ProfileFixture _fixture = new();
    private readonly ProfileController _controller;

    public SettlingTests()
    {
        _controller = _fixture.Start();
    }

    private ReportedDocument Last => _fixture.Last;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(null, 30)]
    [InlineData(5d, 5)]
    [InlineData(0.5, 1)]
    [InlineData(600d, 600)]
    public async Task It_is_pending_until_it_has_settled(double? settleS, int seconds)
    {
        await ApplyAsync(_controller, Document(1, "fast") with { Policy = Policy(settleS) });

        Assert.Equal(ReportedState.Pending, Last.State);
        _fixture.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal((ReportedState.Pending, null), (Last.State, Last.LastGood));
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((ReportedState.Applied, 1), (Last.State, Last.LastGood));
    }

    [Fact]
    public async Task With_no_time_to_settle_it_is_good_at_once()
    {
        await ApplyAsync(_controller, Document(1, "fast") with { Policy = Policy(0) });

        Assert.Equal((ReportedState.Applied, 1), (Last.State, Last.LastGood));
    }

    [Fact]
    public async Task A_profile_that_is_too_slow_is_rolled_back_to_what_settled_last()
    {
        await SettleAsync(Sized(1, 352));
        await ApplyAsync(_controller, Sized(2, 512) with { Policy = Policy(10, minFps: 4) });
        Assert.Equal(ReportedState.Pending, Last.State);

        Watch(seconds: 10, delivered: 100, inferred: 38);

        Assert.Equal((ReportedState.RolledBack, ResultCode.TooSlow), (Last.State, Last.Code));
        Assert.Equal(
            "'dock-1' got 3.8 frames a second at 512 and delivered 10.0; 'policy.min_fps' is 4",
            Last.Detail
        );
        AssertRolledBackTo(1, 352);
        Assert.Equal((2, 1), (Last.RevSeen, Last.LastGood));
        ReportedSource source = Last.Sources!["agent"];
        Assert.Equal(
            (ReportedState.RolledBack, ResultCode.TooSlow, 2),
            (source.State, source.Code, source.Rev)
        );
    }

    [Theory]
    [InlineData(100, 39)] // one frame of grace: 4 a second for 10 s
    [InlineData(39, 0)] // the camera did not deliver as many
    public async Task It_is_not_too_slow_where_the_rate_is_reached_or_the_camera_does_not_deliver_it(
        long delivered,
        long inferred
    )
    {
        await ApplyAsync(_controller, Sized(2, 512) with { Policy = Policy(10, minFps: 4) });

        Watch(seconds: 10, delivered, inferred);

        Assert.Equal((ReportedState.Applied, 2), (Last.State, Last.LastGood));
    }

    [Fact]
    public async Task A_profiles_own_limit_is_no_slowness()
    {
        await ApplyAsync(
            _controller,
            Document(2, "slow") with
            {
                Profiles = new Dictionary<string, DesiredProfile>
                {
                    ["slow"] = new(512, null, null, MaxFps: 2),
                },
                Policy = Policy(10, minFps: 4),
            }
        );

        Watch(seconds: 10, delivered: 100, inferred: 19);

        Assert.Equal(ReportedState.Applied, Last.State);
    }

    [Fact]
    public async Task A_camera_on_auto_is_not_held_to_a_rate()
    {
        await ApplyAsync(_controller, Document(2, "auto") with { Policy = Policy(10, minFps: 4) });

        Watch(seconds: 10, delivered: 100, inferred: 1);

        Assert.Equal(ReportedState.Applied, Last.State);
    }

    [Fact]
    public async Task Failing_inferences_end_it_at_once()
    {
        await SettleAsync(Sized(1, 352));
        await ApplyAsync(_controller, Sized(2, 512));
        long change = _controller.Selection.Current.Change;

        _controller.OnInferenceFailed(change);
        _controller.OnInferenceFailed(change - 1); // a frame of before the switch
        _controller.OnInferenceFailed(change);
        Assert.Equal(2, _controller.Selection.Current.Revision);
        _controller.OnInferenceFailed(change);

        await UntilAsync(() => Last.State == ReportedState.RolledBack);
        Assert.Equal(ResultCode.Failed, Last.Code);
        AssertRolledBackTo(1, 352);
    }

    [Fact]
    public async Task Too_much_memory_ends_it_at_the_next_look()
    {
        await SettleAsync(Sized(1, 352));
        await ApplyAsync(_controller, Sized(2, 512) with { Policy = Policy(10, memoryMb: 300) });
        _fixture.Memory = 301;

        _fixture.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((ReportedState.RolledBack, ResultCode.OutOfMemory), (Last.State, Last.Code));
        Assert.Equal(
            "the agent takes 301 MiB; allowed by 'policy.max_memory_mb': 300",
            Last.Detail
        );
        AssertRolledBackTo(1, 352);
    }

    [Fact]
    public async Task Too_much_memory_once_warmed_refuses_it_before_the_switch()
    {
        _fixture.Warm = _ =>
        {
            _fixture.Memory = 301;
            return Task.CompletedTask;
        };

        DocumentRejectedException refusal = await RefusalAsync(
            _controller,
            Sized(2, 512) with
            {
                Policy = Policy(10, memoryMb: 300),
            }
        );

        Assert.Equal(ResultCode.OutOfMemory, refusal.Code);
        Assert.Equal((ReportedState.Rejected, null), (Last.State, Last.RevApplied));
        Assert.Equal(0, _controller.Selection.Current.Change);
    }

    [Fact]
    public async Task Without_anything_good_the_local_configuration_is_gone_back_to()
    {
        await ApplyAsync(_controller, Sized(2, 512) with { Policy = Policy(10, minFps: 4) });

        Watch(seconds: 10, delivered: 100, inferred: 1);

        Assert.Equal((ReportedState.RolledBack, "local"), (Last.State, Last.Source));
        Assert.Null(Last.RevApplied);
        Assert.Null(Last.LastGood);
        Assert.Equal(
            ["balanced", "fast"],
            _controller.Selection.Current.Profiles.Select(profile => profile.Name)
        );
    }

    [Fact]
    public async Task Without_rollback_it_stays_and_is_reported()
    {
        await SettleAsync(Sized(1, 352));
        await ApplyAsync(
            _controller,
            Sized(2, 512) with
            {
                Policy = Policy(10, minFps: 4, rollback: false),
            }
        );

        Watch(seconds: 10, delivered: 100, inferred: 1);

        Assert.Equal((ReportedState.Applied, ResultCode.TooSlow), (Last.State, Last.Code));
        Assert.Equal((2, 1), (Last.RevApplied, Last.LastGood));
        ProfileController restarted = _fixture.Start();
        Assert.Equal(2, restarted.Selection.Current.Revision);
        Assert.Equal((ReportedState.Applied, ResultCode.TooSlow), (Last.State, Last.Code));
    }

    [Fact]
    public async Task What_was_rolled_back_is_not_tried_again_under_its_revision_nor_after_a_restart()
    {
        DesiredDocument slow = Sized(2, 512) with { Policy = Policy(10, minFps: 4) };
        await SettleAsync(Sized(1, 352));
        await ApplyAsync(_controller, slow);
        Watch(seconds: 10, delivered: 100, inferred: 1);

        await ApplyAsync(_controller, slow, mayBeRepeated: true);
        AssertRolledBackTo(1, 352);
        Assert.Equal(ResultCode.StaleRev, (await RefusalAsync(_controller, slow)).Code);
        ProfileController restarted = _fixture.Start();
        await ApplyAsync(restarted, slow, mayBeRepeated: true);

        Assert.Equal(1, restarted.Selection.Current.Revision);
        Assert.Equal((ReportedState.RolledBack, ResultCode.TooSlow), (Last.State, Last.Code));
        Assert.Equal((1, 1), (Last.RevApplied, Last.LastGood));
        await ApplyAsync(restarted, slow with { Rev = 3 });
        Assert.Equal(3, restarted.Selection.Current.Revision);
    }

    [Fact]
    public async Task A_newer_document_ends_the_watch_of_the_one_before()
    {
        await SettleAsync(Sized(1, 352));
        await ApplyAsync(_controller, Sized(2, 512) with { Policy = Policy(10, minFps: 4) });
        _fixture.Time.Advance(TimeSpan.FromSeconds(9));

        await ApplyAsync(_controller, Sized(3, 384));
        Watch(seconds: 29, delivered: 100, inferred: 0);

        Assert.Equal((ReportedState.Pending, 3, 1), (Last.State, Last.RevApplied, Last.LastGood));
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((ReportedState.Applied, 3, 3), (Last.State, Last.RevApplied, Last.LastGood));
    }

    [Fact]
    public async Task A_document_that_is_overridden_neither_ends_nor_lengthens_the_watch()
    {
        ProfileController controller = _fixture.Start("gates");
        await ApplyAsync(controller, Sized(2, 512));
        _fixture.Time.Advance(TimeSpan.FromSeconds(20));

        await ApplyAsync(controller, Sized(7, 352), "group:gates");
        _fixture.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal((ReportedState.Applied, 2), (Last.State, Last.LastGood));
        Assert.Equal(ReportedState.Overridden, Last.Sources!["group:gates"].State);
    }

    [Fact]
    public async Task A_rollback_after_a_restart_warms_what_it_goes_back_to()
    {
        await SettleAsync(Sized(1, 352));
        await ApplyAsync(_controller, Sized(2, 512) with { Policy = Policy(10, minFps: 4) });
        ProfileController restarted = _fixture.Start();
        Assert.Equal(2, restarted.Selection.Current.Revision);
        _fixture.Warmed.Clear();
        _fixture.Warm = _ =>
        {
            Assert.Equal(2, restarted.Selection.Current.Revision);
            return Task.CompletedTask;
        };

        Watch(seconds: 10, delivered: 100, inferred: 1);

        Assert.Equal([352], _fixture.Warmed);
        Assert.Equal(1, restarted.Selection.Current.Revision);
    }

    [Fact]
    public async Task Where_nothing_else_can_be_run_either_it_stays_and_says_so()
    {
        await SettleAsync(Sized(1, 352));
        await ApplyAsync(_controller, Sized(2, 512) with { Policy = Policy(10, minFps: 4) });
        ProfileController restarted = _fixture.Start();
        _fixture.Warm = _ => throw new DocumentRejectedException(ResultCode.Failed, "no way");

        Watch(seconds: 10, delivered: 100, inferred: 1);

        Assert.Equal(2, restarted.Selection.Current.Revision);
        Assert.Equal((ReportedState.Applied, ResultCode.TooSlow), (Last.State, Last.Code));
        Assert.EndsWith("there is no way back: no way", Last.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_during_which_the_process_ends_again_and_again_is_given_up()
    {
        await SettleAsync(Sized(1, 352));
        await ApplyAsync(_controller, Sized(2, 512) with { Policy = Policy(10, rollback: false) });

        Assert.Equal(2, _fixture.Start().Selection.Current.Revision);
        Assert.Equal(2, _fixture.Start().Selection.Current.Revision);
        Assert.Equal(ReportedState.Pending, Last.State);
        Assert.Equal(1, _fixture.Start().Selection.Current.Revision);

        Assert.Equal((ReportedState.RolledBack, ResultCode.Failed), (Last.State, Last.Code));
        Assert.Equal("the agent has started 3 times before it had settled", Last.Detail);
        Assert.Equal(1, _fixture.Start().Selection.Current.Revision);
        Assert.Equal(ReportedState.RolledBack, Last.State);
    }

    [Fact]
    public async Task Starts_are_forgotten_once_it_has_settled()
    {
        await ApplyAsync(_controller, Sized(2, 512));
        _fixture.Start();
        _fixture.Start();
        _fixture.Settle();

        for (int start = 0; start < 5; start++)
        {
            Assert.Equal(2, _fixture.Start().Selection.Current.Revision);
            Assert.Equal(ReportedState.Applied, Last.State);
        }
    }

    [Fact]
    public async Task A_size_that_kills_the_process_while_it_is_warmed_is_given_up_too()
    {
        await SettleAsync(Sized(1, 352));
        _fixture.Warm = _ => new TaskCompletionSource().Task; // never comes back
        _ = _controller.Submit(new SourcedDocument("agent", Sized(2, 512)), mayBeRepeated: true);
        Assert.Contains(512, _fixture.Warmed);

        Assert.Equal(2, _fixture.Start().Selection.Current.Revision);
        Assert.Equal(2, _fixture.Start().Selection.Current.Revision);

        Assert.Equal(1, _fixture.Start().Selection.Current.Revision);
        Assert.Equal((ReportedState.RolledBack, ResultCode.Failed), (Last.State, Last.Code));
    }

    private static DesiredPolicy Policy(
        double? settleS,
        double? minFps = null,
        bool? rollback = null,
        double? memoryMb = null
    ) => new(settleS, minFps, rollback) { MaxMemoryMb = memoryMb };

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int waited = 0; !condition(); waited++)
        {
            Assert.True(waited < 1000, "it did not come to pass");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private async Task SettleAsync(DesiredDocument document)
    {
        await ApplyAsync(_controller, document);
        _fixture.Settle();
        Assert.Equal(ReportedState.Applied, Last.State);
    }

    private void Watch(int seconds, long delivered, long inferred)
    {
        _fixture.Frames = new CameraCounts(
            _fixture.Frames.Delivered + delivered,
            _fixture.Frames.Inferred + inferred
        );
        _fixture.Time.Advance(TimeSpan.FromSeconds(seconds));
    }

    private void AssertRolledBackTo(long rev, int size)
    {
        Assert.Equal(rev, _controller.Selection.Current.Revision);
        Assert.Equal(rev, Last.RevApplied);
        Assert.All(
            _controller.Selection.Current.Profiles,
            profile => Assert.Equal(size, profile.Size)
        );
    }
}
