using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using static AsffEdge.Control.Tests.Profiles.ProfileFixture;

namespace AsffEdge.Control.Tests.Profiles;

public sealed class ProfileControllerTests : IDisposable
{
    private readonly ProfileFixture _fixture = new();

    private ReportedDocument Last => _fixture.Last;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Without_a_document_the_local_configuration_holds()
    {
        ProfileController controller = _fixture.Start();

        Assert.Equal(0, controller.Selection.Current.Revision);
        Assert.Equal("local", Last.Source);
        Assert.Null(Last.RevSeen);
        Assert.Null(Last.RevApplied);
        Assert.Null(Last.LastGood);
        Assert.Null(Last.Sources);
        Assert.Equal((ReportedState.Applied, ResultCode.Ok), (Last.State, Last.Code));
        Assert.Equal(
            new ReportedCamera("balanced", 416, 61.2, 9.8, _fixture.Time.GetUtcNow().UtcDateTime),
            Last.Cameras["dock-1"]
        );
    }

    [Fact]
    public async Task A_good_document_is_pending_then_warmed_then_in_force_and_then_settles()
    {
        ProfileController controller = _fixture.Start();
        DateTime before = _fixture.Time.GetUtcNow().UtcDateTime;
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        _fixture.Warm = size =>
        {
            Assert.Equal(0, controller.Selection.Current.Revision);
            Assert.Equal((ReportedState.Pending, null), (Last.State, Last.RevApplied));
            return Task.CompletedTask;
        };

        CarriedOut result = await ApplyAsync(
            controller,
            Sized(42, 512) with
            {
                Cameras = new Dictionary<string, DesiredCamera> { ["dock-1"] = new("balanced") },
            }
        );

        Assert.Equal([512], _fixture.Warmed);
        Assert.Equal(new CarriedOut(1, null), result);
        Assert.Equal((42, 1), Versions(controller));
        Assert.Equal([416, 512], Sizes(controller));
        Assert.Equal(ReportedState.Pending, Last.State);
        Assert.Equal(("agent", 42, 42), (Last.Source, Last.RevSeen, Last.RevApplied));
        Assert.Null(Last.LastGood);
        Assert.Equal(before, Last.Cameras["dock-1"].Switched); // unchanged, so not switched
        Assert.Equal(before.AddMinutes(1), Last.Cameras["dock-2"].Switched);

        _fixture.Settle();

        Assert.Equal((ReportedState.Applied, ResultCode.Ok), (Last.State, Last.Code));
        Assert.Equal((42, "agent"), (Last.LastGood, Last.LastGoodSource));
        Assert.Equal((42, 1), Versions(controller));
    }

    [Fact]
    public async Task Figures_of_the_profile_before_are_not_reported_as_those_of_the_new_one()
    {
        ProfileController controller = _fixture.Start();

        await ApplyAsync(controller, Document(1, "fast"));

        Assert.Null(Last.Cameras["dock-1"].InferenceMsP50);
        Assert.Null(Last.Cameras["dock-1"].Fps);
        Assert.Equal(61.2, Last.Cameras["dock-2"].InferenceMsP50); // was fast before
        _fixture.Time.Advance(TimeSpan.FromSeconds(60));
        controller.Report();
        Assert.Equal(61.2, Last.Cameras["dock-1"].InferenceMsP50);
        Assert.Equal(9.8, Last.Cameras["dock-1"].Fps);
    }

    [Fact]
    public async Task A_size_is_warmed_once()
    {
        ProfileController controller = _fixture.Start();

        for (int rev = 1; rev <= 100; rev++)
        {
            await ApplyAsync(controller, Sized(rev, rev % 2 == 0 ? 352 : 384));
        }

        Assert.Equal([384, 352], _fixture.Warmed);
        Assert.Equal((100, 100), Versions(controller));
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(1)]
    public async Task A_revision_that_is_not_greater_is_stale_and_changes_nothing(long rev)
    {
        ProfileController controller = _fixture.Start();
        await ApplyAsync(controller, Document(42, "fast"));
        ProfileSelection.Snapshot before = controller.Selection.Current;

        DocumentRejectedException refusal = await RefusalAsync(
            controller,
            Document(rev, "balanced"),
            mayBeRepeated: true
        );

        Assert.Equal(ResultCode.StaleRev, refusal.Code);
        Assert.Contains("greater than 42", refusal.Message, StringComparison.Ordinal);
        Assert.Same(before, controller.Selection.Current);
        Assert.Equal((ReportedState.Rejected, ResultCode.StaleRev), (Last.State, Last.Code));
        Assert.Equal((rev, 42), (Last.RevSeen, Last.RevApplied));
        Assert.Equal("fast", Last.Cameras["dock-1"].Profile);
    }

    [Fact]
    public async Task A_refused_document_does_not_use_up_its_revision()
    {
        ProfileController controller = _fixture.Start();
        await RefusalAsync(controller, Document(5, "none"));
        Assert.False(File.Exists(_fixture.StatePath));
        Assert.Equal(5, Last.RevSeen);
        Assert.Null(Last.RevApplied);

        await ApplyAsync(controller, Document(5, "fast"));

        Assert.Equal(5, Last.RevApplied);
    }

    [Fact]
    public async Task A_retained_document_that_comes_again_changes_nothing_and_is_no_mistake()
    {
        ProfileController controller = _fixture.Start();
        await ApplyAsync(controller, Document(42, "fast"));
        ProfileSelection.Snapshot before = controller.Selection.Current;

        CarriedOut result = await ApplyAsync(controller, Document(42, "fast"), mayBeRepeated: true);

        Assert.Null(result.Change);
        Assert.Same(before, controller.Selection.Current);
        Assert.Equal((ReportedState.Pending, ResultCode.Ok), (Last.State, Last.Code));
    }

    [Fact]
    public async Task A_retained_document_that_comes_again_while_it_is_prepared_is_no_mistake()
    {
        ProfileController controller = _fixture.Start();
        TaskCompletionSource warm = new();
        _fixture.Warm = _ => warm.Task;
        Task<CarriedOut> first = controller.Submit(
            new SourcedDocument("agent", Sized(42, 512)),
            mayBeRepeated: true
        );

        await ApplyAsync(controller, Sized(42, 512), mayBeRepeated: true);
        warm.SetResult();
        await first;

        Assert.Equal([512], _fixture.Warmed);
        Assert.Equal((42, 1), Versions(controller));
        Assert.Equal(ResultCode.Ok, Last.Code);
    }

    [Theory]
    [InlineData(ResultCode.Failed)]
    [InlineData(ResultCode.OutOfMemory)]
    public async Task A_size_that_fails_to_warm_changes_nothing(ResultCode code)
    {
        ProfileController controller = _fixture.Start();
        await ApplyAsync(controller, Document(1, "fast"));
        _fixture.Settle();
        ProfileSelection.Snapshot before = controller.Selection.Current;
        _fixture.Warm = _ => throw new DocumentRejectedException(code, "it cannot");

        DocumentRejectedException refusal = await RefusalAsync(controller, Sized(2, 512));

        Assert.Equal((code, "it cannot"), (refusal.Code, refusal.Message));
        Assert.Same(before, controller.Selection.Current);
        Assert.Equal((ReportedState.Rejected, code), (Last.State, Last.Code));
        Assert.Equal((2, 1, 1), (Last.RevSeen, Last.RevApplied, Last.LastGood));
        ProfileController restarted = _fixture.Start();
        Assert.Equal(1, restarted.Selection.Current.Revision);
        _fixture.Warm = _ => Task.CompletedTask;
        await ApplyAsync(restarted, Sized(2, 512)); // its revision is not used up
    }

    [Fact]
    public async Task A_device_that_breaks_while_warming_is_reported_and_the_next_document_still_works()
    {
        ProfileController controller = _fixture.Start();
        _fixture.Warm = _ => throw new InvalidOperationException("the pipeline is gone");

        DocumentRejectedException refusal = await RefusalAsync(controller, Sized(2, 512));

        Assert.Equal((ResultCode.Failed, "the pipeline is gone"), (refusal.Code, refusal.Message));
        await ApplyAsync(controller, Document(3, "fast"));
        Assert.Equal(3, Last.RevApplied);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_does_not_stop_a_switch_and_is_reported()
    {
        ProfileController controller = _fixture.Start();
        Directory.CreateDirectory(_fixture.StatePath); // so that the file cannot be put in its place

        await ApplyAsync(controller, Document(1, "fast"));
        _fixture.Settle();

        Assert.Equal(1, controller.Selection.Current.Revision);
        Assert.Equal(ReportedState.Applied, Last.State);
        Assert.Contains("could not be stored", Last.Detail, StringComparison.Ordinal);
    }

    private static (long Revision, long Change) Versions(ProfileController controller) =>
        (controller.Selection.Current.Revision, controller.Selection.Current.Change);

    private static IEnumerable<int> Sizes(ProfileController controller) =>
        controller.Selection.Current.Profiles.Select(profile => profile.Size);
}
