using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Profiles.Adaptive;

/// <summary>Single decisions, each with its code and its sentence.</summary>
public sealed class AdaptiveLawTests
{
    private static readonly AutoOptions Options = new()
    {
        DwellS = 40,
        TemperatureC = new Dictionary<string, string> { ["70"] = "accurate", ["82.5"] = "fast" },
        Schedule = new Dictionary<string, string> { ["22:00-06:00"] = "balanced" },
    };

    private readonly AdaptiveLaw _law = new(Options);
    private AdaptiveSample _sample = new()
    {
        Now = TimeSpan.Zero,
        LocalTime = new TimeOnly(12, 0),
        Ladder = new Ladder(Profiles(), Options),
        Window = TimeSpan.FromSeconds(10),
        FrameMs = 5,
        Cameras = [new CameraLoad("a", 10, 10, 20), new CameraLoad("b", 25, 25, 20)],
    };

    [Fact]
    public void It_starts_with_the_smallest_that_the_configuration_allows()
    {
        Assert.Equal(("fast", AdaptiveCode.Start), Names(_law.Step(_sample)));

        AutoOptions options = Options with { MinProfile = "balanced" };
        Assert.Equal(
            ("balanced", AdaptiveCode.Start),
            Names(
                new AdaptiveLaw(options).Step(
                    _sample with
                    {
                        Ladder = new Ladder(Profiles(), options),
                    }
                )
            )
        );
    }

    [Fact]
    public void It_goes_up_one_size_after_the_dwell_time_when_the_next_leaves_room()
    {
        _law.Step(_sample);

        Assert.Null(After(20));
        Assert.Null(After(19));
        AdaptiveDecision? decision = After(1);

        Assert.Equal(("balanced", AdaptiveCode.Room), Names(decision));
        Assert.Equal(
            "at 416 the device is expected to be busy for 17 % of its time",
            decision!.Reason
        );
    }

    [Fact]
    public void It_goes_down_at_once_to_the_largest_size_that_is_expected_to_hold()
    {
        Climb("max", frameMs: [5, 8, 18, 32]);
        After(50);
        _sample = _sample with
        {
            FrameMs = 3 * 32,
            Cameras = [new CameraLoad("a", 10, 3, 300), new CameraLoad("b", 25, 7, 300)],
        };

        Assert.Null(After(1));
        AdaptiveDecision? decision = After(10);

        Assert.Equal(("balanced", AdaptiveCode.TooSlow), Names(decision));
        Assert.Equal("'a' got 3.0 of 10.0 frames a second at 800", decision!.Reason);
    }

    [Fact]
    public void Late_results_lead_down_too()
    {
        Climb("balanced");
        _sample = _sample with
        {
            Cameras = [new CameraLoad("a", 10, 10, 20), new CameraLoad("b", 25, 25, 501)],
        };

        Assert.Null(After(1));
        AdaptiveDecision? decision = After(10);

        Assert.Equal(("fast", AdaptiveCode.TooLate), Names(decision));
        Assert.Equal(
            "5 % of the results of 'b' took 501 ms or more at 416; allowed: 500",
            decision!.Reason
        );
    }

    [Fact]
    public void Frames_that_an_idle_device_does_not_get_are_not_the_sizes_fault()
    {
        Climb("balanced");
        _sample = _sample with { Cameras = [new CameraLoad("a", 25, 3, 20)], FrameMs = 50 };

        for (int second = 0; second < 30; second++)
        {
            Assert.NotEqual(AdaptiveCode.TooSlow, After(1)?.Code);
        }
    }

    [Fact]
    public void Without_a_camera_that_delivers_nothing_is_decided()
    {
        _law.Step(_sample);
        _sample = _sample with { Cameras = [new CameraLoad("a", 0, 0, 0)], FrameMs = null };

        Assert.Null(After(1000));
        Assert.Null(After(1000));
    }

    [Fact]
    public void Figures_of_a_shorter_time_than_the_window_decide_nothing()
    {
        _law.Step(_sample);
        _sample = _sample with { Window = _law.Evidence - TimeSpan.FromSeconds(1) };

        Assert.Null(After(1000));
        Assert.Null(After(1000));
    }

    [Fact]
    public void A_ceiling_by_temperature_holds_at_once_and_until_it_is_five_degrees_cooler()
    {
        Climb("max");

        AdaptiveDecision? decision = After(0, temperatureC: 70);
        Assert.Equal(("accurate", AdaptiveCode.Temperature), Names(decision));
        Assert.Equal(
            "the machine has 70 °C; from 70 °C on at most 'accurate' is allowed",
            decision!.Reason
        );

        Assert.Equal(("fast", AdaptiveCode.Temperature), Names(After(0, temperatureC: 84)));
        Assert.Null(After(1000, temperatureC: 77.6));
        Assert.Null(After(10, temperatureC: 77.4));
        Assert.Equal(("balanced", AdaptiveCode.Room), Names(After(10, temperatureC: 77.4)));
        Assert.Equal(("accurate", AdaptiveCode.Room), NamesOfNext(temperatureC: 65.1));
        Assert.Null(After(10_000, temperatureC: 65.1));
        Assert.Null(After(10, temperatureC: 64.9));
        Assert.Equal(("max", AdaptiveCode.Room), Names(After(10, temperatureC: 64.9)));
    }

    [Fact]
    public void A_ceiling_by_time_of_day_holds_in_its_window()
    {
        Climb("max");
        _sample = _sample with { LocalTime = new TimeOnly(22, 0) };

        AdaptiveDecision? decision = After(0);
        Assert.Equal(("balanced", AdaptiveCode.Schedule), Names(decision));
        Assert.Equal("at 22:00-06:00 at most 'balanced' is allowed", decision!.Reason);
        Assert.Null(After(1000));

        _sample = _sample with { LocalTime = new TimeOnly(6, 0) };
        Assert.Null(After(0));
        Assert.Equal(("accurate", AdaptiveCode.Room), Names(After(10)));
    }

    [Fact]
    public void A_profile_that_caps_the_rate_below_the_target_is_passed_over()
    {
        Profile[] profiles = [.. Profiles()];
        profiles[1] = profiles[1] with { MaxFps = 9 };
        _sample = _sample with { Ladder = new Ladder(profiles, Options) };
        _law.Step(_sample);

        Assert.Equal(("accurate", AdaptiveCode.Room), NamesOfNext());
    }

    [Fact]
    public void A_profile_that_caps_the_rate_of_every_larger_size_is_the_limit()
    {
        Profile[] profiles = [.. Profiles().Select(profile => profile with { MaxFps = 9 })];
        profiles[0] = profiles[0] with { MaxFps = null };
        _sample = _sample with { Ladder = new Ladder(profiles, Options) };
        _law.Step(_sample);

        Assert.Null(NamesOfNext());
    }

    [Fact]
    public void At_the_smallest_size_allowed_it_says_that_nothing_smaller_is_left_and_when_that_is_over()
    {
        _law.Step(_sample);
        After(40);
        CameraLoad[] well = [.. _sample.Cameras];
        _sample = _sample with
        {
            FrameMs = 90,
            Cameras = [new CameraLoad("a", 10, 5.5, 200), new CameraLoad("b", 25, 5.5, 200)],
        };

        Assert.Null(After(1));
        AdaptiveDecision? decision = After(10);
        Assert.Equal(("fast", AdaptiveCode.Exhausted), Names(decision));
        Assert.Equal(
            "'a' got 5.5 of 10.0 frames a second at 320; no smaller size is allowed",
            decision!.Reason
        );
        Assert.Null(After(1000));

        _sample = _sample with { FrameMs = 45, Cameras = well };
        Assert.Null(After(1));
        Assert.Null(After(39));
        decision = After(1);
        Assert.Equal(("fast", AdaptiveCode.Holds), Names(decision));
        Assert.Equal("every camera gets its frames in time again at 320", decision!.Reason);
    }

    [Fact]
    public void A_ceiling_leads_below_the_least_profile_and_load_does_not()
    {
        AutoOptions options = Options with { MinProfile = "accurate" };
        AdaptiveLaw law = new(options);
        _sample = _sample with
        {
            Ladder = new Ladder(Profiles(), options),
            LocalTime = new TimeOnly(23, 0),
            FrameMs = 500,
            Cameras = [new CameraLoad("a", 10, 2, 900)],
        };

        Assert.Equal(("balanced", AdaptiveCode.Start), Names(law.Step(_sample)));
        Assert.Equal(("balanced", AdaptiveCode.Exhausted), NamesOfNext(law: law));
        _sample = _sample with { LocalTime = new TimeOnly(6, 0) };
        Assert.Equal(("accurate", AdaptiveCode.Room), NamesOfNext(law: law));
        Assert.Equal(("accurate", AdaptiveCode.Exhausted), NamesOfNext(law: law));
        Assert.Null(NamesOfNext(law: law));
    }

    [Fact]
    public void A_sensor_that_falls_silent_lifts_no_ceiling()
    {
        Climb("max");
        Assert.Equal(("fast", AdaptiveCode.Temperature), Names(After(0, temperatureC: 90)));

        Assert.Null(After(10_000));
        Assert.Null(After(10_000));
    }

    [Fact]
    public void A_low_target_is_judged_over_as_many_frames_as_a_rate_needs() =>
        Assert.Equal(
            TimeSpan.FromSeconds(50),
            new AdaptiveLaw(Options with { TargetFps = 0.1 }).Evidence
        );

    [Fact]
    public void What_a_size_cost_when_it_failed_is_forgotten_when_it_may_be_tried_again()
    {
        Climb("balanced");
        _sample = _sample with
        {
            FrameMs = 300, // another program takes the cores
            Cameras = [new CameraLoad("a", 10, 3, 900)],
        };
        Assert.Equal(("fast", AdaptiveCode.TooSlow), NamesOfNext());

        _sample = _sample with { FrameMs = 5, Cameras = [new CameraLoad("a", 10, 10, 20)] };
        TimeSpan left = _sample.Now;
        Assert.Equal(("balanced", AdaptiveCode.Room), NamesOfNext());
        Assert.InRange((_sample.Now - left).TotalSeconds, 80, 95);
    }

    [Fact]
    public void Profiles_that_change_under_it_are_taken_over()
    {
        Climb("accurate");
        Profile[] profiles = [.. Profiles()];
        profiles[2] = profiles[2] with { Size = 640 };
        _sample = _sample with { Ladder = new Ladder(profiles, Options) };

        Assert.Equal("balanced", _law.Choose(_sample.Ladder, null, _sample.LocalTime).Name);
        AdaptiveDecision? decision = After(0);
        Assert.Equal(("balanced", AdaptiveCode.Profiles), Names(decision));
        Assert.Equal(
            "the profiles to choose from have changed: 'accurate' at 608 is no longer among them",
            decision!.Reason
        );
    }

    [Fact]
    public void What_it_stands_for_among_other_profiles_is_no_larger_and_not_above_a_ceiling()
    {
        TimeOnly noon = new(12, 0);
        Ladder ladder = _sample.Ladder;
        Assert.Equal("fast", _law.Choose(ladder, null, noon).Name);
        Climb("max");

        Assert.Equal("max", _law.Choose(ladder, null, noon).Name);
        Assert.Equal("balanced", _law.Choose(ladder, null, new TimeOnly(22, 0)).Name);
        Assert.Equal("accurate", _law.Choose(ladder, 71, noon).Name);
        Assert.Equal(
            "other",
            _law.Choose(
                new Ladder([new Profile("other", 640, 0.3f, 0.6f, null)], Options),
                null,
                noon
            ).Name
        );
    }

    private static IEnumerable<Profile> Profiles() =>
        ProfileOptions.Defaults.Select(profile => new Profile(
            profile.Key,
            profile.Value.Size,
            0.3f,
            0.6f,
            null
        ));

    private static (string, AdaptiveCode)? Names(AdaptiveDecision? decision) =>
        decision is null ? null : (decision.Profile.Name, decision.Code);

    private AdaptiveDecision? After(
        double seconds,
        double? temperatureC = null,
        AdaptiveLaw? law = null
    )
    {
        _sample = _sample with
        {
            Now = _sample.Now + TimeSpan.FromSeconds(seconds),
            TemperatureC = temperatureC,
        };
        return (law ?? _law).Step(_sample);
    }

    private (string, AdaptiveCode)? NamesOfNext(
        double? temperatureC = null,
        AdaptiveLaw? law = null
    )
    {
        for (int second = 0; second < 100; second++)
        {
            if (After(1, temperatureC, law) is { } decision)
            {
                return Names(decision);
            }
        }

        return null;
    }

    private void Climb(string profile, double[]? frameMs = null)
    {
        string? reached = _law.Step(_sample)?.Profile.Name;
        int rung = 0;
        for (int second = 0; second < 1000 && reached != profile; second++)
        {
            if (After(1) is { } decision)
            {
                reached = decision.Profile.Name;
                _sample = _sample with { FrameMs = frameMs?[++rung] ?? _sample.FrameMs };
            }
        }

        Assert.Equal(profile, reached);
    }
}
