using AsffEdge.Fleet.Rollouts;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.Rollouts;

/// <summary>What a change makes of the document that holds.</summary>
public sealed class ProfileChangeTests
{
    private static readonly DesiredDocument Head = new()
    {
        Rev = 50,
        By = "ops@hq",
        Profile = "unused",
    };

    private static readonly DesiredDocument Held = new()
    {
        Rev = 42,
        By = "other@hq",
        Profile = "balanced",
        Cameras = new Dictionary<string, DesiredCamera>
        {
            ["dock-1"] = new("night"),
            ["yard"] = new("accurate"),
        },
        Profiles = new Dictionary<string, DesiredProfile> { ["night"] = new(448, 0.3, null, null) },
        Policy = new DesiredPolicy(300, 4, false),
    };

    [Fact]
    public void The_common_profile_changes_and_single_cameras_and_added_profiles_stay()
    {
        DesiredDocument document = Apply(new ProfileChange("fast"), Held);

        Assert.Equal("fast", document.Profile);
        Assert.Equal("dock-1=night yard=accurate", Cameras(document));
        Assert.Same(Held.Profiles, document.Profiles);
    }

    [Fact]
    public void Revision_author_and_policy_are_those_of_the_change()
    {
        DesiredPolicy policy = new(10, null, null);

        Assert.Equal((50, "ops@hq"), (Apply(new("fast"), Held).Rev, Apply(new("fast"), Held).By));
        Assert.Null(Apply(new ProfileChange("fast"), Held).Policy);
        Assert.Equal(policy, Apply(new ProfileChange("fast") { Policy = policy }, Held).Policy);
    }

    [Fact]
    public void Cameras_that_alone_change_leave_the_common_profile()
    {
        DesiredDocument document = Apply(new ProfileChange("max") { Only = ["dock-1"] }, Held);

        Assert.Equal("balanced", document.Profile);
        Assert.Equal("dock-1=max yard=accurate", Cameras(document));
    }

    [Fact]
    public void A_camera_gets_a_profile_of_its_own_beside_the_common_one()
    {
        ProfileChange change = new("fast")
        {
            Cameras = new Dictionary<string, string> { ["gate"] = "max", ["yard"] = "fast" },
        };

        Assert.Equal("dock-1=night gate=max yard=fast", Cameras(Apply(change, Held)));
    }

    [Fact]
    public void What_is_said_of_cameras_that_are_gone_is_not_carried_along()
    {
        DesiredDocument document = new ProfileChange("fast").ApplyTo(
            Held,
            camera => camera != "yard",
            Head
        );

        Assert.Equal("dock-1=night", Cameras(document));
    }

    [Fact]
    public void Replacing_keeps_nothing()
    {
        DesiredDocument document = Apply(new ProfileChange("fast") { Replace = true }, Held);

        Assert.Equal("fast", document.Profile);
        Assert.Null(document.Cameras);
        Assert.Null(document.Profiles);
    }

    [Fact]
    public void Without_a_document_there_is_the_profile_and_nothing_else()
    {
        DesiredDocument document = Apply(new ProfileChange("fast"), null);

        Assert.Equal(Head with { Profile = "fast" }, document);
    }

    [Fact]
    public void To_inherit_asks_for_nothing()
    {
        ProfileChange change = new("inherit") { Policy = new DesiredPolicy(1, null, null) };

        Assert.Equal(Head with { Profile = "inherit" }, Apply(change, Held));
    }

    private static DesiredDocument Apply(ProfileChange change, DesiredDocument? basis) =>
        change.ApplyTo(basis, _ => true, Head);

    private static string Cameras(DesiredDocument document) =>
        string.Join(
            ' ',
            document.Cameras!.Select(camera => $"{camera.Key}={camera.Value.Profile}")
        );
}
