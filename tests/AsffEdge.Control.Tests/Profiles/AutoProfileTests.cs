using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using static AsffEdge.Control.Tests.Profiles.ProfileFixture;

namespace AsffEdge.Control.Tests.Profiles;

/// <summary>What the controller makes of <c>auto</c>.</summary>
public sealed class AutoProfileTests : IDisposable
{
    private readonly ProfileFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_camera_on_auto_runs_what_auto_stands_for_and_says_so()
    {
        ProfileController controller = _fixture.Start();

        await ApplyAsync(controller, OneOnAuto(7));

        Assert.Equal(["fast", "balanced"], Running(controller));
        Assert.Equal([null, "balanced"], AskedFor(controller));
        ReportedCamera camera = _fixture.Last.Cameras["dock-1"];
        Assert.Equal(
            ("fast", "auto", "fast it is"),
            (camera.Profile, camera.Requested, camera.Reason)
        );
        Assert.Null(_fixture.Last.Cameras["dock-2"].Requested);
        Assert.Null(_fixture.Last.Cameras["dock-2"].Reason);
    }

    [Fact]
    public async Task A_later_decision_is_warmed_and_changes_the_cameras_on_auto_alone()
    {
        ProfileController controller = _fixture.Start();
        await ApplyAsync(controller, OneOnAuto(7));
        Profile large = controller.Assignment.Profiles["large"];
        _fixture.Warm = _ =>
        {
            Assert.Equal(["fast", "balanced"], Running(controller));
            return Task.CompletedTask;
        };

        Assert.True(await controller.AdaptAsync(large, "there is room"));

        Assert.Equal([608], _fixture.Warmed);
        Assert.Equal(["large", "balanced"], Running(controller));
        Assert.Equal(7, controller.Selection.Current.Revision);
        Assert.Equal(7, _fixture.Last.RevApplied);
        Assert.Equal("there is room", _fixture.Last.Cameras["dock-1"].Reason);
        Assert.Equal("auto", _fixture.Last.Cameras["dock-1"].Requested);
    }

    [Fact]
    public async Task A_decision_that_a_document_has_overtaken_changes_nothing()
    {
        ProfileController controller = _fixture.Start();
        await ApplyAsync(controller, OneOnAuto(7));
        Profile large = controller.Assignment.Profiles["large"];
        await ApplyAsync(controller, Document(8, "auto"));

        Assert.False(await controller.AdaptAsync(large, "there is room"));
        await ApplyAsync(controller, Document(9, "fast"));
        Assert.False(await controller.AdaptAsync(ProfileFixture.Balanced, "there is room"));

        Assert.Empty(_fixture.Warmed);
        Assert.Equal(["fast", "fast"], Running(controller));
        Assert.Null(_fixture.Last.Cameras["dock-1"].Requested);
    }

    [Fact]
    public async Task A_decision_that_the_device_cannot_run_changes_nothing()
    {
        ProfileController controller = _fixture.Start();
        await ApplyAsync(controller, OneOnAuto(7));
        _fixture.Warm = _ => throw new DocumentRejectedException(ResultCode.Failed, "no memory");

        await Assert.ThrowsAsync<DocumentRejectedException>(() =>
            controller.AdaptAsync(controller.Assignment.Profiles["large"], "there is room")
        );

        Assert.Equal(["fast", "balanced"], Running(controller));
        Assert.Equal(ReportedState.Pending, _fixture.Last.State);
    }

    private static DesiredDocument OneOnAuto(long rev) =>
        Document(rev, "auto") with
        {
            Profiles = new Dictionary<string, DesiredProfile>
            {
                ["large"] = new(608, null, null, null),
            },
            Cameras = new Dictionary<string, DesiredCamera> { ["dock-2"] = new("balanced") },
        };

    private static IEnumerable<string> Running(ProfileController controller) =>
        controller.Selection.Current.Profiles.Select(profile => profile.Name);

    private static IEnumerable<string?> AskedFor(ProfileController controller) =>
        controller.Assignment.Cameras.Select(profile => profile?.Name);
}
