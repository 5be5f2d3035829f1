using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Tests.Configuration;

public sealed class AutoOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public AutoOptionsTests() => _folder.Write("model.onnx", "");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_key_is_read()
    {
        AutoOptions auto = Load(
            """
            { target_fps: 7.5, max_latency_ms: 250, dwell_s: 20, min_profile: fast, max_profile: accurate,
              temperature_c: { 82.5: fast, 70: balanced }, schedule: { "22:00-06:00": accurate, 06:00-07:30: fast } }
            """
        ).Auto;

        Assert.Equal((7.5, 250, 20), (auto.TargetFps, auto.MaxLatencyMs, auto.DwellS));
        Assert.Equal(("fast", "accurate"), (auto.MinProfile, auto.MaxProfile));
        Assert.Equal(
            new Dictionary<string, string> { ["70"] = "balanced", ["82.5"] = "fast" },
            auto.TemperatureC
        );
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["22:00-06:00"] = "accurate",
                ["06:00-07:30"] = "fast",
            },
            auto.Schedule
        );
    }

    [Fact]
    public void Cameras_and_the_configuration_may_name_auto()
    {
        AgentConfiguration configuration = Load("{}", "auto", ", profile: auto");

        Assert.Equal("auto", configuration.Profile);
        Assert.Equal("auto", configuration.Cameras[0].Profile);
        Assert.Equivalent(new AutoOptions(), configuration.Auto, strict: true);
    }

    [Fact]
    public void The_command_line_may_set_limits_too()
    {
        AutoOptions auto = ConfigurationLoader
            .Load(
                Write("{ temperature_c: { 70: fast } }"),
                new Dictionary<string, string>
                {
                    ["ASFF_EDGE__AUTO__TEMPERATURE_C__70"] = "balanced",
                },
                ["auto.schedule.22:00-06:00=fast"]
            )
            .Auto;

        Assert.Equal("balanced", auto.TemperatureC["70"]);
        Assert.Equal("fast", auto.Schedule["22:00-06:00"]);
    }

    [Theory]
    [InlineData("{ target_fps: 0 }", "auto.target_fps is '0'; allowed: a number from 0.1 to 1000")]
    [InlineData(
        "{ max_latency_ms: fast }",
        "auto.max_latency_ms is 'fast'; allowed: a number from 1 to 60000"
    )]
    [InlineData("{ dwell_s: 2 }", "auto.dwell_s is '2'; allowed: a whole number from 3 to 3600")]
    [InlineData(
        "{ min_profile: balancd }",
        "auto.min_profile is 'balancd'; did you mean 'balanced'? Allowed: fast, balanced, accurate, max"
    )]
    [InlineData("{ max_profile: auto }", "auto.max_profile is 'auto'")]
    [InlineData(
        "{ min_profile: accurate, max_profile: balanced }",
        "auto.min_profile is 'accurate' (608), larger than max_profile 'balanced' (416)"
    )]
    [InlineData(
        "{ temperature_c: { hot: fast } }",
        "auto.temperature_c.hot is named wrong; allowed: a number of °C from 0 to 150"
    )]
    [InlineData("{ temperature_c: { -5: fast } }", "auto.temperature_c.-5 is named wrong")]
    [InlineData("{ temperature_c: { 151: fast } }", "auto.temperature_c.151 is named wrong")]
    [InlineData(
        "{ temperature_c: { 70: fats } }",
        "auto.temperature_c.70 is 'fats'; did you mean 'fast'?"
    )]
    [InlineData(
        "{ temperature_c: { 70: } }",
        "auto.temperature_c.70 is missing; allowed: fast, balanced, accurate, max"
    )]
    [InlineData(
        "{ temperature_c: { 80: balanced, 70: fast } }",
        "auto.temperature_c allows 'balanced' (416) from 80 °C on; allowed: smaller than 'fast' (320), the limit from 70 °C on"
    )]
    [InlineData("{ temperature_c: 70 }", "auto.temperature_c must be a section")]
    [InlineData(
        "{ schedule: { 22:00-24:00: fast } }",
        "auto.schedule.22:00-24:00 is named wrong; allowed: HH:MM-HH:MM with two different times from 00:00 to 23:59, for example 22:00-06:00"
    )]
    [InlineData(
        "{ schedule: { 22:00-06:00: acurate } }",
        "auto.schedule.22:00-06:00 is 'acurate'; did you mean 'accurate'?"
    )]
    [InlineData(
        "{ schedule: { 22:00-06:00: fast, 05:59-07:00: max } }",
        "auto.schedule has '22:00-06:00' and '05:59-07:00', which overlap; allowed: windows that share no minute"
    )]
    [InlineData(
        "{ schedule: { 08:00-20:00: fast, 10:00-11:00: max } }",
        "'08:00-20:00' and '10:00-11:00', which overlap"
    )]
    [InlineData(
        "{ schedule: { 23:00-01:00: fast, 22:00-00:00: max } }",
        "'23:00-01:00' and '22:00-00:00', which overlap"
    )]
    [InlineData("{ targt_fps: 5 }", "auto.targt_fps is unknown; did you mean 'target_fps'?")]
    public void Whatever_is_wrong_is_named_with_its_place(string auto, string expected)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Load(auto));

        string problem = Assert.Single(error.Problems);
        Assert.StartsWith("agent.yaml:4: ", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_that_only_touch_are_apart() =>
        Assert.Equal(
            3,
            Load(
                "{ schedule: { 22:00-06:00: fast, 06:00-12:00: max, 12:00-22:00: balanced } }"
            ).Auto.Schedule.Count
        );

    private AgentConfiguration Load(string auto, string profile = "fast", string camera = "") =>
        ConfigurationLoader.Load(
            Write(auto, profile, camera),
            new Dictionary<string, string>(),
            []
        );

    private string Write(string auto, string profile = "fast", string camera = "") =>
        _folder.Write(
            "agent.yaml",
            $$"""
            model: { path: model.onnx }
            profile: {{profile}}
            cameras: [{ id: a, source: a.avi{{camera}} }]
            auto: {{auto}}
            """
        );
}
