using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Tests.Profiles.Adaptive;

/// <summary>
/// A device and its cameras, second by second: what a frame costs grows with the size, cameras share what there is as the pipeline lets them,
/// work heats the machine, and measurements are noisy.
/// </summary>
internal sealed class SimulatedDevice
{
    private readonly Random _random;
    private readonly AdaptiveLaw _law;
    private TimeSpan _switched;

    public SimulatedDevice(int seed, AutoOptions options)
    {
        _random = new Random(seed);
        Options = options;
        _law = new AdaptiveLaw(options);
        Ladder = new Ladder(
            ProfileOptions.Defaults.Select(profile => new Profile(
                profile.Key,
                profile.Value.Size,
                0.3f,
                0.6f,
                null
            )),
            options
        );
    }

    public AutoOptions Options { get; }

    public Ladder Ladder { get; set; }

    /// <summary>Milliseconds of a frame at 320.</summary>
    public double FrameMs { get; set; } = 10;

    /// <summary>How many times as long everything takes because other programs take the cores.</summary>
    public double Slowdown { get; set; } = 1;

    /// <summary>How the cost grows with the side of the input; 2: as the area.</summary>
    public double Exponent { get; set; } = 1.8;

    /// <summary>What each camera delivers a second.</summary>
    public double[] Arriving { get; set; } = [25];

    /// <summary>Share of the device that other work takes.</summary>
    public double OtherBusy { get; set; }

    /// <summary>Largest relative error of a measurement.</summary>
    public double Noise { get; set; }

    /// <summary>°C above the surroundings that a device at work all the time reaches; null: no sensor.</summary>
    public double? Heat { get; set; }

    public double TemperatureC { get; private set; } = 30;

    public TimeSpan Now { get; private set; }

    public DateTime StartsAtUtc { get; set; } = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    public TimeZoneInfo Zone { get; set; } = TimeZoneInfo.Utc;

    public TimeOnly LocalTime =>
        TimeOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(StartsAtUtc + Now, Zone));

    public Profile? Profile { get; private set; }

    public List<(TimeSpan At, AdaptiveDecision Decision)> Decisions { get; } = [];

    /// <summary>The decisions that changed the profile, in order, without the first.</summary>
    public IEnumerable<(TimeSpan At, AdaptiveDecision Decision)> Changes =>
        Decisions
            .Zip(Decisions.Skip(1))
            .Where(pair => pair.First.Decision.Profile != pair.Second.Decision.Profile)
            .Select(pair => pair.Second);

    /// <summary>How many decisions changed the profile since <paramref name="since"/>, without the first.</summary>
    public int Switches(TimeSpan since) => Changes.Count(decision => decision.At >= since);

    public void Run(TimeSpan duration, Action? eachSecond = null)
    {
        for (TimeSpan end = Now + duration; Now < end; Now += TimeSpan.FromSeconds(1))
        {
            if (_law.Step(Measure()) is { } decision)
            {
                _switched = decision.Profile == Profile ? _switched : Now;
                Profile = decision.Profile;
                Decisions.Add((Now, decision));
            }

            double target = 30 + ((Heat ?? 0) * Busy());
            TemperatureC += (target - TemperatureC) / 60;
            eachSecond?.Invoke();
        }
    }

    /// <summary>Whether every camera gets its frames in time at a size, with a factor on what is asked for.</summary>
    public bool Holds(int size, double factor)
    {
        double[] rates = Rates(CostMs(size) * factor);
        return rates
                .Zip(Arriving)
                .All(pair =>
                    pair.First >= AdaptiveLaw.LeastShare * Math.Min(Options.TargetFps, pair.Second)
                )
            && Enumerable
                .Range(0, rates.Length)
                .All(camera =>
                    Arriving[camera] == 0
                    || LatencyMs(CostMs(size), rates, camera) * factor <= Options.MaxLatencyMs
                );
    }

    /// <summary>Whether the law, which knows only <paramref name="size"/>, must find a larger size good.</summary>
    public bool LooksGood(int larger, int size, double factor)
    {
        double area = Math.Max(
            CostMs(larger),
            CostMs(size) * larger * larger / ((double)size * size)
        );
        double needed = Arriving.Sum(fps => Math.Min(fps, Options.TargetFps)) * area / 1000;
        double[] rates = Rates(CostMs(size));
        double latency = Enumerable
            .Range(0, rates.Length)
            .Max(camera => LatencyMs(CostMs(size), rates, camera) * area / CostMs(size));
        return ((needed + OtherBusy) * factor) <= LoadForecast.MostBusy
            && latency * factor <= LoadForecast.MostBusy * Options.MaxLatencyMs;
    }

    private double CostMs(int size) => FrameMs * Slowdown * Math.Pow(size / 320.0, Exponent);

    private double Busy() =>
        Profile is null
            ? OtherBusy
            : OtherBusy + (Rates(CostMs(Profile.Size)).Sum() * CostMs(Profile.Size) / 1000);

    private AdaptiveSample Measure()
    {
        AdaptiveSample nothing = new()
        {
            Now = Now,
            LocalTime = LocalTime,
            TemperatureC = Heat is null ? null : TemperatureC + (Noisy(1) - 1),
            Ladder = Ladder,
        };
        if (Profile is null)
        {
            return nothing;
        }

        double cost = CostMs(Profile.Size);
        double[] rates = Rates(cost);
        TimeSpan window = Now - _switched < _law.Evidence ? Now - _switched : _law.Evidence;
        return nothing with
        {
            Window = window,
            FrameMs = Noisy(cost),
            OtherBusy = Noisy(OtherBusy),
            Cameras =
            [
                .. Arriving.Select(
                    (fps, camera) =>
                    {
                        double phase = _random.NextDouble(); // of a window that holds whole frames
                        return new CameraLoad(
                            $"camera-{camera}",
                            Whole(fps),
                            Whole(Math.Min(fps, Noisy(rates[camera]))),
                            Noisy(LatencyMs(cost, rates, camera))
                        );

                        double Whole(double rate) =>
                            Noise == 0
                                ? rate
                                : Math.Floor((rate * window.TotalSeconds) + phase)
                                    / window.TotalSeconds;
                    }
                ),
            ],
        };
    }

    // The worker serves whoever has waited longest: equal shares, and what one camera does not take goes to the others.
    private double[] Rates(double costMs)
    {
        double left = Math.Max(0, 1 - OtherBusy) * 1000 / costMs;
        double[] rates = new double[Arriving.Length];
        int hungry = Arriving.Length;
        foreach (
            int camera in Enumerable.Range(0, Arriving.Length).OrderBy(index => Arriving[index])
        )
        {
            rates[camera] = Math.Min(Arriving[camera], left / hungry--);
            left -= rates[camera];
        }

        return rates;
    }

    // A frame waits for those of the other cameras, but never longer than until a newer one replaces it.
    private double LatencyMs(double costMs, double[] rates, int camera)
    {
        double busy = OtherBusy + (rates.Sum() * costMs / 1000);
        double others = Arriving.Count(fps => fps > 0) * costMs;
        return costMs
            + (Arriving[camera] == 0 ? 0 : busy * Math.Min(others, 1000 / Arriving[camera]));
    }

    private double Noisy(double value) => value * (1 + (Noise * ((2 * _random.NextDouble()) - 1)));
}
