using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Agent.Tests.Profiles.Adaptive;

/// <summary>What holds for the control law on every device and load.</summary>
public sealed class AdaptiveLawLaws
{
    private static readonly TimeSpan Dwell = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan LongestBackOff = Dwell * BackOff.Longest;

    [Fact]
    public void Under_constant_load_it_comes_to_the_largest_size_that_holds() =>
        Hold(random =>
        {
            SimulatedDevice device = Device(random, noise: 0.03);
            device.Run(LongestBackOff * 2);

            int size = device.Profile!.Size;
            int rung = device.Ladder.AtMost(size);
            Assert.True(rung == 0 || device.Holds(size, 0.9), $"{size} is too large");
            Assert.False(
                rung + 1 < device.Ladder.Rungs.Count
                    && device.LooksGood(device.Ladder.Rungs[rung + 1].Size, size, 1.15),
                $"more than {size} would hold"
            );
        });

    [Fact]
    public void Under_constant_load_it_does_not_oscillate() =>
        Hold(random =>
        {
            SimulatedDevice device = Device(random, noise: 0.08);
            device.Run(LongestBackOff * 2);
            TimeSpan settled = device.Now;
            device.Run(LongestBackOff * 8);

            // At most one try of a larger size each time the longest back-off has passed, and the way back.
            Assert.True(device.Switches(settled) <= 2 * 9, string.Join('\n', device.Decisions));
            Assert.InRange(device.Switches(TimeSpan.Zero), 0, 40);
        });

    [Fact]
    public void Without_noise_nothing_is_switched_once_the_largest_size_is_found() =>
        Hold(random =>
        {
            SimulatedDevice device = Device(random, noise: 0);
            device.Exponent = 1.2 + (0.8 * random.NextDouble()); // never dearer than expected by area
            device.Run(Dwell * 20);
            TimeSpan settled = device.Now;
            device.Run(LongestBackOff * 4);

            Assert.Equal(0, device.Switches(settled));
        });

    [Fact]
    public void It_is_never_above_a_ceiling() =>
        Hold(random =>
        {
            AutoOptions options = Options(random) with
            {
                MaxProfile = random.Next(2) == 0 ? null : "accurate",
                TemperatureC = new Dictionary<string, string>
                {
                    ["60"] = "accurate",
                    ["72.5"] = "balanced",
                    ["80"] = "fast",
                },
                Schedule = new Dictionary<string, string>
                {
                    ["12:10-12:40"] = "balanced",
                    ["12:30-13:00"] = "fast",
                },
            };
            SimulatedDevice device = Device(random, noise: 0.05, options);
            device.FrameMs = 1 + (3 * random.NextDouble());
            device.Heat = 80 * random.NextDouble();
            device.Run(
                TimeSpan.FromHours(1.5),
                () =>
                {
                    int size = device.Profile!.Size;
                    Assert.InRange(size, 320, options.MaxProfile is null ? 800 : 608);
                    int clock = (device.LocalTime.Hour * 60) + device.LocalTime.Minute;
                    int bySchedule =
                        clock is >= 750 and < 780 ? 320
                        : clock is >= 730 and < 760 ? 416
                        : 800;
                    Assert.InRange(size, 320, bySchedule);
                }
            );
        });

    [Fact]
    public void The_machine_is_kept_from_the_temperature_of_a_ceiling_without_flapping() =>
        Hold(random =>
        {
            AutoOptions options = Options(random) with
            {
                TargetFps = 25,
                TemperatureC = new Dictionary<string, string> { ["70"] = "fast" },
            };
            SimulatedDevice device = Device(random, noise: 0.02, options);
            device.Arriving = [25];
            device.OtherBusy = 0;
            device.FrameMs = 3;
            device.Heat = 60 + (40 * random.NextDouble());
            double hottest = 0;
            device.Run(
                LongestBackOff * 10,
                () =>
                {
                    hottest = Math.Max(hottest, device.TemperatureC);
                    Assert.False(
                        device.TemperatureC > 71 && device.Profile!.Size > 320,
                        $"{device.TemperatureC} °C at {device.Profile!.Size}"
                    );
                }
            );

            // Each way up goes by three sizes.
            Assert.InRange(device.Switches(LongestBackOff * 2), 0, 4 * 9);
        });

    [Fact]
    public void It_recovers_when_a_load_goes_away() =>
        Hold(random =>
        {
            AutoOptions options = Options(random) with { TargetFps = 10, MaxLatencyMs = 500 };
            SimulatedDevice device = Device(random, noise: 0.03, options);
            device.FrameMs = 3;
            device.Arriving = [10];
            device.OtherBusy = 0;
            device.Run(Dwell * 8);
            Assert.Equal(800, device.Profile!.Size);

            device.OtherBusy = 0.93 + (0.06 * random.NextDouble());
            device.Run(TimeSpan.FromSeconds(random.Next(30, 600)));
            Assert.True(device.Profile!.Size < 800);

            device.OtherBusy = 0;
            device.Run(LongestBackOff + (Dwell * 8));
            Assert.Equal(800, device.Profile!.Size);
        });

    [Fact]
    public void A_source_that_is_slow_or_down_does_not_pull_the_size_down() =>
        Hold(random =>
        {
            AutoOptions options = Options(random) with { TargetFps = 10, MaxLatencyMs = 500 };
            SimulatedDevice device = Device(random, noise: 0.03, options);
            device.FrameMs = 5;
            device.OtherBusy = 0;
            device.Arriving = [30, 30];
            device.Run(Dwell * 8);
            Assert.Equal(800, device.Profile!.Size);

            // The other camera goes on delivering more than the device can take, so that it is busy all the time.
            device.Arriving = [60, random.Next(2) == 0 ? 0 : 10 * random.NextDouble()];
            device.Run(Dwell * 20);
            Assert.Equal(800, device.Profile!.Size);
        });

    [Fact]
    public void Decisions_by_load_keep_the_dwell_time_whatever_the_load_does() =>
        Hold(random =>
        {
            SimulatedDevice device = Device(random, noise: 0.2);
            device.Run(
                TimeSpan.FromMinutes(30),
                () =>
                {
                    if (random.Next(10) == 0)
                    {
                        device.OtherBusy = random.NextDouble();
                        device.Arriving = [random.Next(0, 30), random.Next(0, 30)];
                    }
                }
            );

            foreach (
                (
                    (TimeSpan at, _),
                    (TimeSpan next, AdaptiveDecision decision)
                ) in device.Changes.Zip(device.Changes.Skip(1))
            )
            {
                TimeSpan least = decision.Code == AdaptiveCode.Room ? Dwell : Dwell / 2;
                Assert.True(next - at >= least, $"{decision} after {next - at}");
            }
        });

    [Fact]
    public void A_program_that_slows_the_device_for_a_moment_costs_no_more_than_a_few_dwell_times() =>
        Hold(random =>
        {
            AutoOptions options = Options(random) with { TargetFps = 10, MaxLatencyMs = 400 };
            SimulatedDevice device = Device(random, noise: 0.03, options);
            device.FrameMs = 8;
            device.Exponent = 1.8;
            device.Arriving = [10];
            device.OtherBusy = 0;
            device.Run(Dwell * 8);
            Assert.Equal(800, device.Profile!.Size);

            device.Slowdown = 3 + (5 * random.NextDouble());
            device.Run(TimeSpan.FromSeconds(random.Next(1, 30)));
            device.Slowdown = 1;
            device.Run(Dwell * 8);

            Assert.True(device.Profile!.Size == 800, string.Join('\n', device.Decisions));
        });

    [Fact]
    public void A_camera_that_comes_back_leads_down_to_a_size_that_holds_for_all() =>
        Hold(random =>
        {
            AutoOptions options = Options(random) with { TargetFps = 10, MaxLatencyMs = 1000 };
            SimulatedDevice device = Device(random, noise: 0.03, options);
            device.FrameMs = 6;
            device.Exponent = 1.8;
            device.OtherBusy = 0;
            device.Arriving = [25, 0, 0, 0];
            device.Run(Dwell * 8);
            Assert.Equal(800, device.Profile!.Size);

            device.Arriving = [25, 25, 25, 25];
            device.Run(Dwell * 2);
            Assert.True(device.Holds(device.Profile!.Size, 0.9), $"{device.Profile.Size}");

            device.Arriving = [0, 0, 0, 0];
            Profile profile = device.Profile;
            device.Run(TimeSpan.FromSeconds(random.Next(60, 3600)));
            Assert.Equal(profile, device.Profile);

            device.Arriving = [25, 25, 25, 25];
            device.Run(Dwell * 2);
            Assert.True(device.Holds(device.Profile!.Size, 0.9), $"{device.Profile.Size}");
        });

    [Fact]
    public void Whatever_profiles_there_are_one_of_them_runs_and_none_above_a_limit() =>
        Hold(random =>
        {
            AutoOptions options = Options(random) with
            {
                MinProfile = random.Next(2) == 0 ? "p2" : null,
                MaxProfile = random.Next(2) == 0 ? "p1" : null,
                Schedule = new Dictionary<string, string> { ["12:30-13:30"] = "p0" },
            };
            SimulatedDevice device = Device(random, noise: 0.05, options);
            device.FrameMs = 1;
            device.Run(
                TimeSpan.FromHours(2),
                () =>
                {
                    if (device.Now.TotalSeconds % 60 == 0)
                    {
                        device.Ladder = new Ladder(Profiles(random), options);
                    }
                    else if (device.Now.TotalSeconds % 60 > 1)
                    {
                        Assert.Contains(device.Profile!, device.Ladder.Rungs);
                        bool isLimited = device.LocalTime.IsBetween(
                            new TimeOnly(12, 30),
                            new TimeOnly(13, 30)
                        );
                        Assert.True(
                            !isLimited
                                || device.Ladder.AtMost(device.Profile!.Size)
                                    <= device.Ladder.AtMost("p0"),
                            $"{device.Profile} at {device.LocalTime}"
                        );
                    }
                }
            );
        });

    private static IEnumerable<Profile> Profiles(Random random) =>
        Enumerable
            .Range(0, random.Next(1, 5))
            .Select(number => new Profile(
                $"p{number}",
                32 * random.Next(10, 26),
                0.3f,
                0.6f,
                random.Next(4) == 0 ? random.Next(1, 30) : null
            ));

    private static void Hold(Action<Random> law) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => law(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(60));

    private static AutoOptions Options(Random random) =>
        new()
        {
            TargetFps = 1 + (24 * random.NextDouble()),
            MaxLatencyMs = 50 + (950 * random.NextDouble()),
            DwellS = (int)Dwell.TotalSeconds,
        };

    private static SimulatedDevice Device(Random random, double noise, AutoOptions? options = null)
    {
        double[] arriving = new double[random.Next(1, 9)];
        for (int camera = 0; camera < arriving.Length; camera++)
        {
            arriving[camera] = random.Next(4) == 0 ? 0.5 : random.Next(1, 31);
        }

        return new SimulatedDevice(random.Next(), options ?? Options(random))
        {
            FrameMs = Math.Exp(Math.Log(2) + (random.NextDouble() * Math.Log(50))),
            Exponent = 1.4 + (0.8 * random.NextDouble()),
            Arriving = arriving,
            OtherBusy = random.Next(2) * 0.4 * random.NextDouble(),
            Noise = noise,
        };
    }
}
