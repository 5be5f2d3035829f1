using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Tests.Profiles;

public sealed class ProfileBookTests
{
    private static readonly ProfileBook Book = ProfileFixture.Book;

    [Fact]
    public void A_document_is_stronger_than_the_configuration_and_its_cameras_than_its_profile()
    {
        IReadOnlyList<Profile?> profiles = Resolve(
            ProfileFixture.Document(1, "fast") with
            {
                Cameras = new Dictionary<string, DesiredCamera> { ["dock-1"] = new("balanced") },
            }
        );

        Assert.Equal(["balanced", "fast"], profiles.Select(profile => profile?.Name));
    }

    [Fact]
    public void A_document_changes_what_it_says_of_a_profile_and_leaves_the_rest()
    {
        IReadOnlyList<Profile?> profiles = Resolve(
            ProfileFixture.Document(1, "balanced") with
            {
                Profiles = new Dictionary<string, DesiredProfile>
                {
                    ["balanced"] = new(512, null, 0.4, null),
                    ["new"] = new(352, 0.1, null, 3),
                },
                Cameras = new Dictionary<string, DesiredCamera> { ["dock-2"] = new("new") },
            }
        );

        Assert.Equal(new Profile("balanced", 512, 0.25f, 0.4f, 5), profiles[0]);
        Assert.Equal(new Profile("new", 352, 0.1f, 0.6f, 3), profiles[1]);
    }

    [Fact]
    public void A_profile_that_is_nowhere_is_unknown()
    {
        DocumentRejectedException rejection = Rejection(ProfileFixture.Document(1, "balancd"));

        Assert.Equal(ResultCode.UnknownProfile, rejection.Code);
        Assert.Equal(
            "'profile' is 'balancd', which is no profile; did you mean 'balanced'? Allowed: fast, balanced, auto",
            rejection.Message
        );
    }

    [Fact]
    public void A_camera_of_another_agent_is_refused_with_the_cameras_there_are()
    {
        DocumentRejectedException rejection = Rejection(
            ProfileFixture.Document(1, "fast") with
            {
                Cameras = new Dictionary<string, DesiredCamera> { ["dok-2"] = new("fast") },
            }
        );

        Assert.Equal(ResultCode.BadDocument, rejection.Code);
        Assert.Contains(
            "did you mean 'dock-2'? Allowed: dock-1, dock-2",
            rejection.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_size_the_model_was_not_made_for_is_a_bad_size_even_in_a_profile_nobody_uses()
    {
        DocumentRejectedException rejection = Rejection(
            ProfileFixture.Document(1, "fast") with
            {
                Profiles = new Dictionary<string, DesiredProfile>
                {
                    ["max"] = new(800, null, null, null),
                },
            }
        );

        Assert.Equal(ResultCode.BadSize, rejection.Code);
        Assert.Equal(
            "'profiles.max.size' is 800; the model takes multiples of 32 from 64 to 608",
            rejection.Message
        );
    }

    [Fact]
    public void Auto_leaves_the_choice_open_among_the_profiles_that_hold_with_the_document()
    {
        ProfileAssignment assignment = Book.Resolve(
            ProfileFixture.Document(1, "auto") with
            {
                Profiles = new Dictionary<string, DesiredProfile>
                {
                    ["fast"] = new(352, null, null, null),
                },
                Cameras = new Dictionary<string, DesiredCamera> { ["dock-2"] = new("balanced") },
            }
        );

        Assert.True(assignment.HasAuto);
        Assert.Equal([null, ProfileFixture.Balanced], assignment.Cameras);
        Assert.Equal(
            [("balanced", 416), ("fast", 352)],
            assignment
                .Profiles.Values.Select(profile => (profile.Name, profile.Size))
                .OrderBy(profile => profile.Name)
        );
        Assert.Equal(
            [ProfileFixture.Fast, ProfileFixture.Balanced],
            assignment.With(ProfileFixture.Fast)
        );
    }

    private static IReadOnlyList<Profile?> Resolve(DesiredDocument document) =>
        Book.Resolve(document).Cameras;

    private static DocumentRejectedException Rejection(DesiredDocument document) =>
        Assert.Throws<DocumentRejectedException>(() => Book.Resolve(document));
}
