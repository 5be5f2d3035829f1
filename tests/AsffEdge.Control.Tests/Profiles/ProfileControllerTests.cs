using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Tests.Profiles;

public sealed class ProfileControllerTests : IDisposable
{
    private readonly ProfileFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Without_a_document_the_local_configuration_holds()
    {
        ProfileController controller = _fixture.Start();

        controller.Report();

        Assert.Equal(0, controller.Selection.Current.Revision);
        Assert.Equal("local", _fixture.Last.Source);
        Assert.Null(_fixture.Last.RevSeen);
        Assert.Null(_fixture.Last.RevApplied);
        Assert.Null(_fixture.Last.LastGood);
        Assert.Equal(ReportedState.Applied, _fixture.Last.State);
        Assert.Equal(
            new ReportedCamera("balanced", 416, 61.2, 9.8, _fixture.Time.GetUtcNow().UtcDateTime),
            _fixture.Last.Cameras["dock-1"]
        );
    }

    [Fact]
    public async Task A_good_document_is_pending_then_warmed_then_in_force()
    {
        ProfileController controller = _fixture.Start();
        DateTime before = _fixture.Time.GetUtcNow().UtcDateTime;
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        _fixture.Warm = size =>
        {
            Assert.Equal(0, controller.Selection.Current.Revision);
            Assert.Equal(ReportedState.Pending, _fixture.Last.State);
            return Task.CompletedTask;
        };

        await controller.ApplyAsync(
            ProfileFixture.Document(42, "fast") with
            {
                Profiles = new Dictionary<string, DesiredProfile>
                {
                    ["fast"] = new(512, null, null, null),
                },
                Cameras = new Dictionary<string, DesiredCamera> { ["dock-1"] = new("balanced") },
            },
            redelivered: false
        );

        Assert.Equal([512], _fixture.Warmed);
        Assert.Equal(42, controller.Selection.Current.Revision);
        Assert.Equal(
            [416, 512],
            controller.Selection.Current.Profiles.Select(profile => profile.Size)
        );
        Assert.Equal(ReportedState.Applied, _fixture.Last.State);
        Assert.Equal("agent", _fixture.Last.Source);
        Assert.Equal(42, _fixture.Last.RevSeen);
        Assert.Equal(42, _fixture.Last.RevApplied);
        Assert.Equal(42, _fixture.Last.LastGood);
        Assert.Equal(before, _fixture.Last.Cameras["dock-1"].Switched); // unchanged, so not switched
        Assert.Equal(before.AddMinutes(1), _fixture.Last.Cameras["dock-2"].Switched);
    }

    [Fact]
    public async Task Figures_of_the_profile_before_are_not_reported_as_those_of_the_new_one()
    {
        ProfileController controller = _fixture.Start();

        await controller.ApplyAsync(ProfileFixture.Document(1, "fast"), redelivered: false);

        Assert.Null(_fixture.Last.Cameras["dock-1"].InferenceMsP50);
        Assert.Null(_fixture.Last.Cameras["dock-1"].Fps);
        Assert.Equal(61.2, _fixture.Last.Cameras["dock-2"].InferenceMsP50); // was fast before
        _fixture.Time.Advance(TimeSpan.FromSeconds(60));
        controller.Report();
        Assert.Equal(61.2, _fixture.Last.Cameras["dock-1"].InferenceMsP50);
        Assert.Equal(9.8, _fixture.Last.Cameras["dock-1"].Fps);
    }

    [Fact]
    public async Task A_size_is_warmed_once()
    {
        ProfileController controller = _fixture.Start();

        for (int rev = 1; rev <= 1000; rev++)
        {
            await controller.ApplyAsync(
                ProfileFixture.Document(rev, "x") with
                {
                    Profiles = new Dictionary<string, DesiredProfile>
                    {
                        ["x"] = new(rev % 2 == 0 ? 352 : 384, null, null, null),
                    },
                },
                redelivered: false
            );
        }

        Assert.Equal([384, 352], _fixture.Warmed);
        Assert.Equal(1000, controller.Selection.Current.Revision);
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(1)]
    public async Task A_revision_that_is_not_greater_is_stale_and_changes_nothing(long rev)
    {
        ProfileController controller = _fixture.Start();
        await controller.ApplyAsync(ProfileFixture.Document(42, "fast"), redelivered: false);
        ProfileSelection.Snapshot before = controller.Selection.Current;

        DocumentRejectedException rejection = await Assert.ThrowsAsync<DocumentRejectedException>(
            () =>
                controller.ApplyAsync(ProfileFixture.Document(rev, "balanced"), redelivered: true)
        );

        Assert.Equal(ResultCode.StaleRev, rejection.Code);
        Assert.Contains("greater than 42", rejection.Message, StringComparison.Ordinal);
        Assert.Same(before, controller.Selection.Current);
        Assert.Equal(ReportedState.Rejected, _fixture.Last.State);
        Assert.Equal(ResultCode.StaleRev, _fixture.Last.Code);
        Assert.Equal(rev, _fixture.Last.RevSeen);
        Assert.Equal(42, _fixture.Last.RevApplied);
        Assert.Equal("fast", _fixture.Last.Cameras["dock-1"].Profile);
    }

    [Fact]
    public async Task A_refused_document_does_not_use_up_its_revision()
    {
        ProfileController controller = _fixture.Start();
        await Assert.ThrowsAsync<DocumentRejectedException>(() =>
            controller.ApplyAsync(ProfileFixture.Document(5, "none"), redelivered: false)
        );
        Assert.False(File.Exists(_fixture.StatePath));
        Assert.Equal(5, _fixture.Last.RevSeen);
        Assert.Null(_fixture.Last.RevApplied);

        await controller.ApplyAsync(ProfileFixture.Document(5, "fast"), redelivered: false);

        Assert.Equal(5, _fixture.Last.RevApplied);
    }

    [Fact]
    public async Task A_retained_document_that_comes_again_is_still_applied()
    {
        ProfileController controller = _fixture.Start();
        await controller.ApplyAsync(ProfileFixture.Document(42, "fast"), redelivered: false);

        await controller.ApplyAsync(ProfileFixture.Document(42, "fast"), redelivered: true);

        Assert.Equal(ReportedState.Applied, _fixture.Last.State);
        Assert.Equal(ResultCode.Ok, _fixture.Last.Code);
    }

    [Fact]
    public async Task The_document_in_force_survives_a_restart()
    {
        await _fixture.Start().ApplyAsync(ProfileFixture.Document(42, "fast"), redelivered: false);

        ProfileController restarted = _fixture.Start();
        restarted.Report();

        Assert.Equal(42, restarted.Selection.Current.Revision);
        Assert.All(
            restarted.Selection.Current.Profiles,
            profile => Assert.Equal("fast", profile.Name)
        );
        Assert.Equal(42, _fixture.Last.RevApplied);
        await Assert.ThrowsAsync<DocumentRejectedException>(() =>
            restarted.ApplyAsync(ProfileFixture.Document(42, "balanced"), redelivered: false)
        );
    }

    [Fact]
    public void A_stored_document_that_no_longer_fits_gives_way_to_the_local_configuration()
    {
        File.WriteAllText(
            _fixture.StatePath,
            """{"v":1,"sources":{"agent":{"v":1,"rev":42,"profile":"gone"}}}"""
        );

        ProfileController controller = _fixture.Start();
        controller.Report();

        Assert.Equal(0, controller.Selection.Current.Revision);
        Assert.Equal("local", _fixture.Last.Source);
        Assert.Equal(ReportedState.Rejected, _fixture.Last.State);
        Assert.Equal(ResultCode.UnknownProfile, _fixture.Last.Code);
        Assert.Equal(42, _fixture.Last.RevSeen);
    }

    [Fact]
    public async Task A_size_that_fails_to_warm_changes_nothing()
    {
        ProfileController controller = _fixture.Start();
        _fixture.Warm = _ => throw new DocumentRejectedException(ResultCode.Failed, "no memory");

        DocumentRejectedException rejection = await Assert.ThrowsAsync<DocumentRejectedException>(
            () =>
                controller.ApplyAsync(
                    ProfileFixture.Document(1, "x") with
                    {
                        Profiles = new Dictionary<string, DesiredProfile>
                        {
                            ["x"] = new(512, null, null, null),
                        },
                    },
                    redelivered: false
                )
        );

        Assert.Equal(ResultCode.Failed, rejection.Code);
        Assert.Equal("no memory", rejection.Message);
        Assert.Equal(0, controller.Selection.Current.Revision);
        Assert.Equal(ReportedState.Rejected, _fixture.Last.State);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_does_not_stop_a_switch_and_is_reported()
    {
        ProfileController controller = _fixture.Start();
        Directory.CreateDirectory(_fixture.StatePath); // so that the file cannot be put in its place

        await controller.ApplyAsync(ProfileFixture.Document(1, "fast"), redelivered: false);

        Assert.Equal(1, controller.Selection.Current.Revision);
        Assert.Equal(ReportedState.Applied, _fixture.Last.State);
        Assert.Contains("could not be stored", _fixture.Last.Detail, StringComparison.Ordinal);
    }
}
