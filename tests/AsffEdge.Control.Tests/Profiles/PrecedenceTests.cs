using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using static AsffEdge.Control.Tests.Profiles.ProfileFixture;

namespace AsffEdge.Control.Tests.Profiles;

/// <summary>Whose document holds: the agent's, then those of its groups in the order of the configuration, then the local configuration.</summary>
public sealed class PrecedenceTests : IDisposable
{
    private const string Oslo = "group:oslo";
    private const string Gates = "group:gates";

    private readonly ProfileFixture _fixture = new();

    private ReportedDocument Last => _fixture.Last;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_stronger_source_holds_whenever_its_document_comes()
    {
        ProfileController controller = _fixture.Start("oslo", "gates");

        await ApplyAsync(controller, Sized(70, 352), Gates);
        AssertInForce(controller, Gates, 70, 352);
        await ApplyAsync(controller, Sized(7, 384), Oslo);
        AssertInForce(controller, Oslo, 7, 384);
        await ApplyAsync(controller, Sized(3, 448), "agent");
        AssertInForce(controller, "agent", 3, 448);
        CarriedOut result = await ApplyAsync(controller, Sized(71, 480), Gates);

        AssertInForce(controller, "agent", 3, 448);
        Assert.Equal("stored; the document of 'agent' stays in force", result.Note);
        Assert.DoesNotContain(480, _fixture.Warmed);
        Assert.Equal((ReportedState.Pending, 71), (Last.State, Last.RevSeen));
        Assert.Equal(
            [
                ("agent", ReportedState.Pending, 3, 3),
                (Oslo, ReportedState.Overridden, 7, 7),
                (Gates, ReportedState.Overridden, 71, 71),
            ],
            Sources()
        );
    }

    [Fact]
    public async Task Revisions_are_counted_by_source()
    {
        ProfileController controller = _fixture.Start("gates");
        await ApplyAsync(controller, Document(100, "fast"), "agent");

        await ApplyAsync(controller, Document(5, "fast"), Gates);
        DocumentRejectedException stale = await RefusalAsync(
            controller,
            Document(5, "balanced"),
            Gates
        );

        Assert.Equal(ResultCode.StaleRev, stale.Code);
        Assert.Contains("'group:gates'", stale.Message, StringComparison.Ordinal);
        Assert.Equal(
            [("agent", ReportedState.Pending, 100, 100), (Gates, ReportedState.Rejected, 5, 5)],
            Sources()
        );
        Assert.Equal(ReportedState.Rejected, Last.State); // the last document was refused
        Assert.Equal(100, Last.RevApplied);
    }

    [Fact]
    public async Task Inherit_lets_the_next_source_hold_and_at_last_the_local_configuration()
    {
        ProfileController controller = _fixture.Start("gates");
        await ApplyAsync(controller, Sized(7, 352), Gates);
        await ApplyAsync(controller, Sized(1, 384), "agent");
        _fixture.Settle();
        Assert.Equal((1, "agent"), (Last.LastGood, Last.LastGoodSource));

        await ApplyAsync(controller, Document(2, "inherit"), "agent");

        AssertInForce(controller, Gates, 7, 352);
        Assert.Equal(
            [("agent", ReportedState.Applied, 2, 2), (Gates, ReportedState.Pending, 7, 7)],
            Sources()
        );
        _fixture.Settle();
        Assert.Equal((7, Gates), (Last.LastGood, Last.LastGoodSource));
        Assert.Equal(ReportedState.Applied, Last.State);

        await ApplyAsync(controller, Document(8, "inherit"), Gates);

        Assert.Equal(0, controller.Selection.Current.Revision);
        Assert.Equal(("local", null), (Last.Source, Last.RevApplied));
        Assert.Equal(ReportedState.Applied, Last.State); // nothing to settle: it is what the device was set up with
        Assert.Null(Last.LastGood);
        Assert.Null(Last.LastGoodSource);
        DocumentRejectedException stale = await RefusalAsync(controller, Sized(2, 384), "agent");
        Assert.Equal(ResultCode.StaleRev, stale.Code); // inheriting uses a revision up
    }

    [Fact]
    public async Task What_is_held_of_every_source_survives_a_restart()
    {
        ProfileController controller = _fixture.Start("oslo", "gates");
        await ApplyAsync(controller, Sized(7, 352), Gates);
        await ApplyAsync(controller, Document(9, "inherit"), Oslo);
        await ApplyAsync(controller, Sized(3, 384), "agent");
        _fixture.Settle();

        controller = _fixture.Start("oslo", "gates");

        AssertInForce(controller, "agent", 3, 384);
        Assert.Equal((ReportedState.Applied, 3, 3), (Last.State, Last.RevSeen, Last.LastGood));
        Assert.Equal(
            [
                ("agent", ReportedState.Applied, 3, 3),
                (Oslo, ReportedState.Applied, 9, 9),
                (Gates, ReportedState.Overridden, 7, 7),
            ],
            Sources()
        );
        await RefusalAsync(controller, Sized(7, 416), Gates);
        await ApplyAsync(controller, Document(4, "inherit"), "agent");
        AssertInForce(controller, Gates, 7, 352);
    }

    [Fact]
    public async Task A_group_the_agent_has_left_no_longer_counts_and_the_order_is_that_of_now()
    {
        ProfileController controller = _fixture.Start("oslo", "gates", "new");
        await ApplyAsync(controller, Sized(7, 352), Oslo);
        await ApplyAsync(controller, Sized(8, 384), Gates);
        await ApplyAsync(controller, Sized(9, 448), "group:new");
        _fixture.Settle();

        controller = _fixture.Start("new", "gates");

        AssertInForce(controller, "group:new", 9, 448);
        Assert.Null(Last.LastGood); // that was the document of a group it has left
        Assert.Equal(
            [("group:new", ReportedState.Pending, 9, 9), (Gates, ReportedState.Overridden, 8, 8)],
            Sources()
        );
        controller = _fixture.Start();
        Assert.Equal("local", Last.Source);
        Assert.Null(Last.Sources);
    }

    [Fact]
    public async Task A_document_that_could_not_be_carried_out_is_refused_even_where_it_would_be_overridden()
    {
        ProfileController controller = _fixture.Start("gates");
        await ApplyAsync(controller, Document(1, "fast"), "agent");

        DocumentRejectedException refusal = await RefusalAsync(
            controller,
            Document(2, "none"),
            Gates
        );

        Assert.Equal(ResultCode.UnknownProfile, refusal.Code);
        Assert.Equal(
            [("agent", ReportedState.Pending, 1, 1), (Gates, ReportedState.Rejected, 2, null)],
            Sources()
        );
    }

    [Fact]
    public async Task A_document_that_is_inherited_but_cannot_be_run_is_rolled_back_and_the_one_that_inherits_is_not()
    {
        ProfileController controller = _fixture.Start("gates");
        await ApplyAsync(controller, Sized(1, 384), "agent");
        _fixture.Settle();
        await ApplyAsync(controller, Sized(7, 512), Gates);
        _fixture.Warm = _ => throw new DocumentRejectedException(ResultCode.OutOfMemory, "full");

        await ApplyAsync(controller, Document(2, "inherit"), "agent");

        AssertInForce(controller, "agent", 1, 384); // the last good one
        Assert.Equal(
            [("agent", ReportedState.Applied, 2, 2), (Gates, ReportedState.RolledBack, 7, 7)],
            Sources()
        );
        Assert.Equal((ReportedState.RolledBack, ResultCode.OutOfMemory), (Last.State, Last.Code));
    }

    [Fact]
    public void A_stored_document_that_no_longer_fits_asks_for_nothing()
    {
        File.WriteAllText(
            _fixture.StatePath,
            """{"v":2,"sources":{"agent":{"document":{"v":1,"rev":42,"profile":"gone"}},"group:gates":{"document":{"v":1,"rev":7,"profile":"fast"}}},"last_good":{"source":"agent","document":{"v":1,"rev":42,"profile":"gone"}}}"""
        );

        ProfileController controller = _fixture.Start("gates");

        AssertInForce(controller, Gates, 7, 320);
        Assert.Equal((ReportedState.Rejected, ResultCode.UnknownProfile), (Last.State, Last.Code));
        Assert.Equal((42, null), (Last.RevSeen, Last.LastGood));
        Assert.Equal(
            [("agent", ReportedState.Rejected, 42, 42), (Gates, ReportedState.Pending, 7, 7)],
            Sources()
        );
    }

    [Fact]
    public async Task A_document_that_no_longer_fits_is_still_refused_when_the_broker_repeats_it()
    {
        File.WriteAllText(
            _fixture.StatePath,
            """{"v":2,"sources":{"agent":{"document":{"v":1,"rev":42,"profile":"gone"}}}}"""
        );
        ProfileController controller = _fixture.Start();

        DocumentRejectedException refusal = await RefusalAsync(
            controller,
            Document(42, "gone"),
            mayBeRepeated: true
        );

        Assert.Equal(ResultCode.UnknownProfile, refusal.Code);
        Assert.Equal(ReportedState.Rejected, Last.Sources!["agent"].State);
    }

    private IEnumerable<(string, ReportedState, long?, long?)> Sources() =>
        Last.Sources!.Select(source =>
            (source.Key, source.Value.State, source.Value.RevSeen, source.Value.Rev)
        );

    private void AssertInForce(ProfileController controller, string source, long rev, int size)
    {
        Assert.Equal((source, rev), (Last.Source, Last.RevApplied));
        Assert.Equal(rev, controller.Selection.Current.Revision);
        Assert.All(
            controller.Selection.Current.Profiles,
            profile => Assert.Equal(size, profile.Size)
        );
    }
}
