using System.CommandLine;
using AsffEdge.Fleet.Commands;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary>What is said to <c>asff-fleet profile set</c>, and what of it is wrong.</summary>
public sealed class ProfileSetOptionsTests
{
    private readonly ProfileSetOptions _options = new();
    private readonly Command _command = new("set");

    public ProfileSetOptionsTests() => _options.AddTo(_command);

    [Theory]
    [InlineData("fast", "whom to tell is missing; allowed: --agent ID, --group GROUP, --all")]
    [InlineData(
        "fast --all --agent gate-07",
        "--all is everybody; --agent and --group are not allowed with it"
    )]
    [InlineData("Fast --all", "NAME is 'Fast'; allowed: 1 to 48 of a-z, 0-9 and '-'")]
    [InlineData("fast --all --wave 25%,5%", "--wave is '25%,5%'; allowed: shares or numbers")]
    [InlineData("fast --all --timeout soon", "--timeout is 'soon'; allowed: seconds")]
    [InlineData("fast --all --settle 4000", "--settle is '4000'; allowed: a number from 0 to 3600")]
    [InlineData("fast --all --camera a=b=c", "--camera is 'a=b=c'; allowed: CAMERA or CAMERA=NAME")]
    [InlineData("inherit --all --camera yard", "--camera is not allowed with it")]
    [InlineData("fast --all --replace --camera yard", "--replace keeps nothing")]
    [InlineData("fast --all --min-fps -1", "--min-fps is '-1'; allowed: a number from 0 to 1000")]
    [InlineData("fast --all --max-failures -1", "--max-failures is negative; allowed: 0 and more")]
    [InlineData("fast --all --camera a --camera a=b", "--camera names 'a' twice")]
    [InlineData("fast --agent A_1", "--agent is 'A_1'; allowed: 1 to 48 of a-z, 0-9 and '-'")]
    [InlineData("fast --group #", "--group is '#'; allowed: 1 to 48 of a-z, 0-9 and '-'")]
    public void Wrong_arguments_are_named_with_what_is_allowed(string arguments, string message)
    {
        ParseResult result = _command.Parse(arguments);

        Assert.Contains(
            result.Errors,
            error => error.Message.Contains(message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_change_is_read_as_it_is_meant()
    {
        ParseResult arguments = _command.Parse(
            "fast --group gates --camera dock-1 --camera yard=max --settle 10 --min-fps 4.5 --max-memory-mb 900 --no-rollback --by me"
        );

        ProfileChange change = _options.ReadChange(arguments);

        Assert.Empty(arguments.Errors);
        Assert.Equal(
            ("fast", false, "me"),
            (change.Profile, change.Replace, _options.Rollout.ReadAuthor(arguments))
        );
        Assert.True(_options.ReadChange(_command.Parse("fast --all --replace")).Replace);
        Assert.Equal(["dock-1"], change.Only);
        Assert.Equal([new("yard", "max")], change.Cameras);
        Assert.Equal(new DesiredPolicy(10, 4.5, false) { MaxMemoryMb = 900 }, change.Policy);
        TargetChoice targets = _options.Rollout.ReadTargets(arguments);
        Assert.Equal(["gates"], targets.Groups);
        Assert.Empty(targets.Agents);
        Assert.False(targets.All);
    }

    [Fact]
    public void What_is_not_said_is_left_to_the_agents()
    {
        ParseResult arguments = _command.Parse("fast --all");

        Assert.Empty(arguments.Errors);
        Assert.Null(_options.ReadChange(arguments).Policy);
        Assert.Null(_options.Rollout.ReadWaves(arguments));
        Assert.Equal(
            new RolloutOptions(TimeSpan.FromSeconds(60), 0, false),
            _options.ReadRollout(arguments)
        );
        Assert.Contains('@', _options.Rollout.ReadAuthor(arguments));
    }
}
