using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Tests.Configuration;

public sealed class FootageOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_off_unless_it_is_switched_on_and_has_policies_unless_it_is_given_some()
    {
        Assert.False(Load("").Footage.Enabled);
        Assert.Equal(0.3, Load("footage: { enabled: true }").Footage.Policies.Uncertain.Share);

        FootagePoliciesOptions given = Load(
            "footage: { enabled: true, policies: { interval: { share: 0.5, every_s: 60 }, flicker: } }"
        ).Footage.Policies;
        Assert.Equal((0.5, 60), (given.Interval.Share, given.Interval.EveryS));
        Assert.Equal((0, 0), (given.Uncertain.Share, given.Flicker.Share));
    }

    [Theory]
    [InlineData(
        "{ policies: { random: { share: 1.5 } } }",
        "footage.policies.random.share is '1.5'; allowed: "
    )]
    [InlineData(
        "{ policies: { uncertan: { share: 1 } } }",
        "footage.policies.uncertan is unknown; did you mean 'uncertain'?"
    )]
    [InlineData(
        "{ policies: { interval: { share: 0.6 }, flicker: { share: 0.5 } } }",
        "shares that sum to 1.1; allowed: at most 1"
    )]
    [InlineData("{ jpeg_quality: 20 }", "footage.jpeg_quality is '20'; allowed: ")]
    [InlineData("{ min_gap_s: 0 }", "footage.min_gap_s is '0'; allowed: ")]
    [InlineData("{ near_duplicate_bits: 200 }", "footage.near_duplicate_bits is '200'; allowed: ")]
    [InlineData("{ budget: { mb_per_day: 0 } }", "footage.budget.mb_per_day is '0'; allowed: ")]
    [InlineData(
        "{ enabled: true, budget: { min_free_mb: 64 } }",
        "less than mqtt.outbox.min_free_mb (128)"
    )]
    public void What_is_wrong_is_named(string footage, string problem)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            Load($"footage: {footage}")
        );

        Assert.Contains(problem, Assert.Single(error.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Policies_that_need_tracks_need_tracking()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            Load(
                "tracking: { enabled: false }\nfootage: { enabled: true, policies: { flicker: { share: 0.1 } } }"
            )
        );

        Assert.Contains("need tracking.enabled: true", error.Message, StringComparison.Ordinal);
    }

    private AgentConfiguration Load(string more)
    {
        _folder.Write("model.onnx", "");
        return ConfigurationLoader.Load(
            _folder.Write(
                "agent.yaml",
                $"model: {{ path: model.onnx }}\ncameras: [{{ id: gate, source: a.avi }}]\n{more}\n"
            ),
            new Dictionary<string, string>(),
            []
        );
    }
}
