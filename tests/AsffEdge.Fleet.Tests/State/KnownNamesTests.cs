using AsffEdge.Fleet.State;

namespace AsffEdge.Fleet.Tests.State;

public sealed class KnownNamesTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    private Dictionary<string, string> Environment => new() { ["HOME"] = _home.Path };

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Names_are_there_in_the_next_run()
    {
        KnownNames
            .Of([Fleets.Agent("yard-01"), Fleets.Agent("gate-07", groups: ["gates", "oslo"])])
            .Save(Environment);

        KnownNames names = KnownNames.Load(Environment);

        Assert.Equal(["gate-07", "yard-01"], names.Agents);
        Assert.Equal(["gates", "oslo"], names.Groups);
        Assert.Equal(["0.1.0"], names.Versions);
        Assert.Equal(["balanced", "fast"], names.Profiles);
        Assert.Equal(["dock-1", "yard"], names.Cameras);
        Assert.Single(Directory.GetFiles(Path.Combine(_home.Path, ".cache", "asff-edge")));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"agents":null,"groups":[null]}""")]
    public void A_file_that_cannot_be_used_is_no_names(string content)
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, ".cache", "asff-edge"));
        _home.Write(".cache/asff-edge/fleet-names.json", content);

        Assert.Empty(KnownNames.Load(Environment).Agents);
    }

    [Fact]
    public void What_a_shell_would_act_on_is_no_name()
    {
        string[] hostile = ["$(reboot)", "a b", "", "'", "`id`", "ok-1.2+x"];

        KnownNames names = KnownNames.Of([
            .. hostile.Select(version =>
                Fleets.Agent("gate-07") with
                {
                    Info = FleetMessages.Info("gate-07") with { Version = version },
                }
            ),
        ]);

        Assert.Equal(["ok-1.2+x"], names.Versions);
    }

    [Fact]
    public void A_home_that_cannot_be_written_is_no_failure()
    {
        string file = _home.Write("file", "");

        KnownNames
            .Of([Fleets.Agent("gate-07")])
            .Save(new Dictionary<string, string> { ["XDG_CACHE_HOME"] = file });

        Assert.Empty(
            KnownNames.Load(new Dictionary<string, string> { ["XDG_CACHE_HOME"] = file }).Agents
        );
    }
}
