using System.Globalization;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Profiles.Adaptive;

public sealed class AutoProfileTests : IDisposable
{
    private static readonly Dictionary<string, Profile> Profiles = new[]
    {
        new Profile("fast", 320, 0.3f, 0.6f, null),
        new Profile("balanced", 416, 0.3f, 0.6f, null),
        new Profile("accurate", 608, 0.3f, 0.6f, null),
    }.ToDictionary(profile => profile.Name);

    private static readonly AutoOptions Options = new()
    {
        DwellS = 4,
        TemperatureC = new Dictionary<string, string> { ["70"] = "balanced" },
        Schedule = new Dictionary<string, string> { ["22:00-06:00"] = "fast" },
    };

    private readonly TemporaryFolder _zones = new();
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 6, 1, 10, 0, 0, TimeSpan.Zero)
    );
    private readonly AutoProfile _auto;

    public AutoProfileTests()
    {
        SetTemperature(50);
        _auto = new AutoProfile(Options, new SystemMeter(_zones.Path), _time);
    }

    public void Dispose() => _zones.Dispose();

    [Fact]
    public void It_stands_for_the_smallest_size_until_something_is_measured()
    {
        Assert.Null(_auto.State);

        AutoChoice choice = _auto.Choose(Profiles);

        Assert.Equal(Profiles["fast"], choice.Profile);
        Assert.StartsWith("starts at the smallest", choice.Reason, StringComparison.Ordinal);
        Assert.Equal(
            (AdaptiveCode.Start, _time.GetUtcNow().UtcDateTime),
            (_auto.State!.Decision.Code, _auto.State.Since)
        );
        Assert.Same(_auto.State, _auto.Step(Profiles, Idle));
    }

    [Fact]
    public void A_decision_is_told_with_its_reason_and_its_time()
    {
        Climb("balanced");

        Assert.Equal(AdaptiveCode.Room, _auto.State!.Decision.Code);
        Assert.InRange(
            _auto.State.Since,
            _time.GetUtcNow().UtcDateTime.AddSeconds(-1),
            _time.GetUtcNow().UtcDateTime
        );
        Assert.Equal(
            (_auto.State.Decision.Profile, _auto.State.Decision.Reason),
            (_auto.Choose(Profiles).Profile, _auto.Choose(Profiles).Reason)
        );
    }

    [Fact]
    public void Among_other_profiles_it_stands_for_none_larger_but_decides_nothing_yet()
    {
        Climb("balanced");
        AutoState before = _auto.State!;
        Dictionary<string, Profile> others = new()
        {
            ["tiny"] = new Profile("tiny", 352, 0.3f, 0.6f, null),
            ["huge"] = new Profile("huge", 800, 0.3f, 0.6f, null),
        };

        Assert.Equal("tiny", _auto.Choose(others).Profile.Name);
        Assert.Same(before, _auto.State);
        AutoState after = _auto.Step(others, Idle);
        Assert.Equal(
            ("tiny", AdaptiveCode.Profiles),
            (after.Decision.Profile.Name, after.Decision.Code)
        );
    }

    [Theory]
    [InlineData("Europe/Berlin", 19, "balanced")]
    [InlineData("Europe/Berlin", 20, "fast")] // 22:00 there
    [InlineData("Asia/Tokyo", 13, "fast")]
    [InlineData("Asia/Tokyo", 21, "balanced")] // 06:00 of the next day there
    public void The_schedule_follows_the_local_time(string zone, int utcHour, string expected)
    {
        _time.SetLocalTimeZone(TimeZoneInfo.FindSystemTimeZoneById(zone));
        _time.SetUtcNow(new DateTimeOffset(2026, 6, 2, 9, 0, 0, TimeSpan.Zero));
        Climb("balanced");
        _time.SetUtcNow(new DateTimeOffset(2026, 6, 2, utcHour, 0, 0, TimeSpan.Zero));

        Assert.Equal(expected, _auto.Choose(Profiles).Profile.Name);
        Assert.Equal(expected, _auto.Step(Profiles, Idle).Decision.Profile.Name);
    }

    [Fact]
    public void The_machines_temperature_limits_it()
    {
        Climb("accurate");
        SetTemperature(71.6);

        AutoState state = _auto.Step(Profiles, Idle);

        Assert.Equal(
            ("balanced", AdaptiveCode.Temperature),
            (state.Decision.Profile.Name, state.Decision.Code)
        );
        Assert.Equal(
            "the machine has 72 °C; from 70 °C on at most 'balanced' is allowed",
            state.Decision.Reason
        );
    }

    [Fact]
    public void A_size_that_the_device_refuses_is_not_chosen_again_unless_it_is_the_only_one()
    {
        Climb("balanced");
        _auto.Refuse(416);

        Assert.Equal("fast", _auto.Step(Profiles, Idle).Decision.Profile.Name);
        Climb("accurate");

        _auto.Refuse(320);
        _auto.Refuse(608);
        Assert.Equal("accurate", _auto.Step(Profiles, Idle).Decision.Profile.Name);
    }

    [Fact]
    public void After_a_reset_it_starts_anew()
    {
        Climb("accurate");
        _auto.Reset();

        Assert.Null(_auto.State);
        Assert.Equal("fast", _auto.Choose(Profiles).Profile.Name);
    }

    private void Climb(string profile)
    {
        for (int second = 0; second < 100; second++)
        {
            if (_auto.Step(Profiles, Well).Decision.Profile.Name == profile)
            {
                return;
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Fail($"'{profile}' was not reached, but {_auto.State}");
    }

    private static AdaptiveSample Idle(AdaptiveSample sample) => sample;

    private static AdaptiveSample Well(AdaptiveSample sample) =>
        sample with
        {
            Window = TimeSpan.FromSeconds(1),
            FrameMs = 5,
            Cameras = [new CameraLoad("a", 10, 10, 20)],
        };

    private void SetTemperature(double degrees)
    {
        Directory.CreateDirectory(Path.Combine(_zones.Path, "thermal_zone0"));
        _zones.Write(
            "thermal_zone0/temp",
            (degrees * 1000).ToString("F0", CultureInfo.InvariantCulture)
        );
    }
}
