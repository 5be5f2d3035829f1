using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Telemetry;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>What the profile <c>auto</c> stands for, by <see cref="AdaptiveLaw"/>. Thread-safe.</summary>
internal sealed class AutoProfile : IAutoProfile
{
    private readonly AutoOptions _options;
    private readonly SystemMeter _system;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly Lock _lock = new();
    private readonly HashSet<int> _refused = [];
    private AdaptiveLaw _law;
    private AutoState? _state;

    /// <param name="options">What it aims at and keeps to.</param>
    /// <param name="system">Reads the machine's temperature.</param>
    /// <param name="time">The clock; its time zone is that of the schedule.</param>
    public AutoProfile(AutoOptions options, SystemMeter system, TimeProvider time)
    {
        _options = options;
        _system = system;
        _time = time;
        _origin = time.GetTimestamp();
        _law = new AdaptiveLaw(options);
        Window = _law.Evidence;
    }

    /// <summary>The window that figures are to be taken over.</summary>
    public TimeSpan Window { get; }

    /// <summary>What it stands for now; null: nothing is decided yet.</summary>
    public AutoState? State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>What is said of the limit by temperature that holds; null: none does.</summary>
    public string? Heat
    {
        get
        {
            lock (_lock)
            {
                return _law.Heat;
            }
        }
    }

    /// <summary>How often was decided, by code as the contract writes it.</summary>
    public Tally Decisions { get; } =
        new(Enum.GetValues<AdaptiveCode>().Select(code => ContractName.Of(code)));

    /// <inheritdoc/>
    public AutoChoice Choose(IReadOnlyDictionary<string, Profile> profiles)
    {
        lock (_lock)
        {
            AdaptiveSample now = Now(profiles);
            AdaptiveDecision decision = (_state ?? Step(now)!).Decision;

            // Not yet a decision: it is not certain that these profiles come into force.
            Profile profile = _law.Choose(now.Ladder, now.TemperatureC, now.LocalTime);
            return new AutoChoice(
                profile,
                profile == decision.Profile
                    ? decision.Reason
                    : "the largest of these profiles that is no larger than the one before and allowed now"
            );
        }
    }

    /// <summary>Decides anew.</summary>
    /// <param name="profiles">The profiles to choose from.</param>
    /// <param name="measure">Fills in the figures.</param>
    /// <returns>What it stands for from now on: the same object as before where nothing has been decided.</returns>
    public AutoState Step(
        IReadOnlyDictionary<string, Profile> profiles,
        Func<AdaptiveSample, AdaptiveSample> measure
    )
    {
        lock (_lock)
        {
            return Step(measure(Now(profiles)))!;
        }
    }

    /// <summary>Never again chooses a size, which the device cannot run, unless there is no other.</summary>
    public void Refuse(int size)
    {
        lock (_lock)
        {
            _refused.Add(size);
        }
    }

    /// <summary>Forgets what was decided and measured: the next choice starts with the smallest size again.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            if (_state is not null)
            {
                _state = null;
                _law = new AdaptiveLaw(_options);
            }
        }
    }

    private AutoState? Step(AdaptiveSample sample)
    {
        if (_law.Step(sample) is { } decision)
        {
            _state = new AutoState(decision, _time.GetUtcNow().UtcDateTime);
            Decisions.Count(ContractName.Of(decision.Code));
        }

        return _state;
    }

    private AdaptiveSample Now(IReadOnlyDictionary<string, Profile> profiles)
    {
        List<Profile> runnable =
        [
            .. profiles.Values.Where(profile => !_refused.Contains(profile.Size)),
        ];
        return new AdaptiveSample
        {
            Now = _time.GetElapsedTime(_origin),
            LocalTime = TimeOnly.FromDateTime(_time.GetLocalNow().DateTime),
            TemperatureC = _options.TemperatureC.Count == 0 ? null : _system.TemperatureC(),
            Ladder = new Ladder(runnable.Count == 0 ? profiles.Values : runnable, _options),
        };
    }
}
