using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Tests.Profiles.Adaptive;

public sealed class LadderTests
{
    private static readonly Profile[] Profiles =
    [
        Rung("large", 608),
        Rung("small", 320),
        Rung("also-small", 320),
        Rung("huge", 800),
        Rung("medium", 416),
    ];

    [Fact]
    public void Rungs_are_the_profiles_by_size_and_of_one_size_the_first()
    {
        Ladder ladder = new(Profiles, new AutoOptions());

        Assert.Equal(
            ["small", "medium", "large", "huge"],
            ladder.Rungs.Select(profile => profile.Name)
        );
        Assert.Equal(0, ladder.Floor);
    }

    [Fact]
    public void The_limits_are_sizes_so_that_a_profile_that_is_no_rung_limits_too()
    {
        AutoOptions options = new() { MinProfile = "also-small", MaxProfile = "large" };
        Ladder ladder = new(Profiles, options);

        Assert.Equal([320, 416, 608], ladder.Rungs.Select(profile => profile.Size));
        Assert.Equal(0, ladder.Floor);
        Assert.Equal(1, new Ladder(Profiles, options with { MinProfile = "medium" }).Floor);
        Assert.Equal(2, ladder.AtMost("huge"));
        Assert.Equal(1, ladder.AtMost("medium"));
        Assert.Equal(0, ladder.AtMost("also-small"));
        Assert.Equal(0, ladder.AtMost(100));
    }

    private static Profile Rung(string name, int size) => new(name, size, 0.3f, 0.6f, null);
}
