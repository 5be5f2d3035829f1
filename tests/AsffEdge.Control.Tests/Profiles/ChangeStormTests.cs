using System.Collections.Concurrent;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using static AsffEdge.Control.Tests.Profiles.ProfileFixture;

namespace AsffEdge.Control.Tests.Profiles;

/// <summary>Many documents at once: those that a newer one has overtaken are not carried out.</summary>
public sealed class ChangeStormTests : IDisposable
{
    private readonly ProfileFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_thousand_changes_come_down_to_a_few_and_the_last_holds()
    {
        ProfileController controller = _fixture.Start();
        TaskCompletionSource warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Warm = _ => warm.Task;
        ConcurrentBag<int> unwarmed = [];
        bool isOver = false;
        Thread hotPath = new(() =>
        {
            HashSet<int> first = [320, 416];
            while (!Volatile.Read(ref isOver))
            {
                foreach (Profile profile in controller.Selection.Current.Profiles)
                {
                    if (!first.Contains(profile.Size) && !_fixture.HasWarmed(profile.Size))
                    {
                        unwarmed.Add(profile.Size);
                    }
                }
            }
        });
        hotPath.Start();

        List<Task<CarriedOut>> changes = [];
        for (int rev = 1; rev <= 1000; rev++)
        {
            DesiredDocument document = Sized(rev, 320 + (32 * (rev % 9))) with
            {
                Cameras =
                    rev == 1000
                        ? new Dictionary<string, DesiredCamera> { ["dock-2"] = new("balanced") }
                        : null,
            };
            changes.Add(controller.Submit(new SourcedDocument("agent", document), false));
        }

        warm.SetResult();
        await changes[^1];
        Volatile.Write(ref isOver, true);
        hotPath.Join();

        Assert.Empty(unwarmed);
        Assert.Equal(1000, controller.Selection.Current.Revision);
        Assert.Equal([352, 416], controller.Selection.Current.Profiles.Select(each => each.Size));
        Assert.InRange(controller.Selection.Current.Change, 1, 3);
        Assert.InRange(_fixture.Warmed.Count, 1, 3);
        int superseded = 0;
        foreach (Task<CarriedOut> change in changes.Where(change => change.IsFaulted))
        {
            DocumentRejectedException refusal = await Assert.ThrowsAsync<DocumentRejectedException>(
                () =>
                    change
            );
            Assert.Equal(ResultCode.Superseded, refusal.Code);
            superseded++;
        }

        Assert.InRange(superseded, 997, 999);
        Assert.Equal((1000, ResultCode.Ok), (_fixture.Last.RevApplied, _fixture.Last.Code));
        _fixture.Settle();
        Assert.Equal(1000, _fixture.Last.LastGood);
    }

    [Fact]
    public async Task A_document_that_is_no_good_overtakes_nothing()
    {
        ProfileController controller = _fixture.Start();
        TaskCompletionSource warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Warm = _ => warm.Task;
        Task<CarriedOut> first = Submit(controller, Sized(1, 512));
        Task<CarriedOut> second = Submit(controller, Sized(2, 480));

        await RefusalAsync(controller, Document(3, "none"));
        await RefusalAsync(controller, Sized(1, 448)); // stale
        warm.SetResult();

        Assert.Equal(
            ResultCode.Superseded,
            (await Assert.ThrowsAsync<DocumentRejectedException>(() => first)).Code
        );
        Assert.Equal(1, (await second).Change);
        Assert.Equal(2, controller.Selection.Current.Revision);
    }

    [Fact]
    public async Task Sources_do_not_overtake_each_other()
    {
        ProfileController controller = _fixture.Start("gates");
        TaskCompletionSource warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Warm = _ => warm.Task;
        Task<CarriedOut> agent = Submit(controller, Sized(1, 512));
        Task<CarriedOut> group = Submit(controller, Sized(2, 480), "group:gates");
        Assert.Equal(
            [ReportedState.Pending, ReportedState.Overridden],
            _fixture.Last.Sources!.Select(source => source.Value.State)
        );

        warm.SetResult();

        Assert.Equal(1, (await agent).Change);
        Assert.Null((await group).Change);
        Assert.Equal(512, controller.Selection.Current.Profiles[0].Size);
    }

    private static Task<CarriedOut> Submit(
        ProfileController controller,
        DesiredDocument document,
        string source = "agent"
    ) => controller.Submit(new SourcedDocument(source, document), mayBeRepeated: false);
}
