using System.Threading.Channels;
using AsffEdge.Fleet.State;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>Follows what the agents of some waves say about their documents. A message costs one look-up, however many agents there are. Thread-safe.</summary>
internal sealed class RolloutTracker : IDisposable
{
    private static readonly int Outcomes = Enum.GetValues<AgentOutcome>().Length;

    private readonly FleetState _state;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, AgentProgress> _agents = new(StringComparer.Ordinal);
    private readonly AgentProgress[][] _byWave;
    private readonly int[][] _counts;
    private readonly long[] _started;
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(1);

    /// <summary>Starts to follow the agents of <paramref name="waves"/>; nobody is told yet.</summary>
    public RolloutTracker(IReadOnlyList<Wave> waves, FleetState state, TimeProvider time)
    {
        (_state, _time) = (state, time);
        _byWave =
        [
            .. waves.Select(
                (wave, index) =>
                    wave.Targets.Select(target => new AgentProgress(target, index)).ToArray()
            ),
        ];
        foreach (AgentProgress agent in _byWave.SelectMany(agents => agents))
        {
            _agents.Add(agent.Target.Agent, agent);
        }

        _started = new long[waves.Count];
        _counts = [.. waves.Select(_ => new int[Outcomes])];
        for (int wave = 0; wave < waves.Count; wave++)
        {
            _counts[wave][(int)AgentOutcome.NotTold] = _byWave[wave].Length;
        }

        state.Changed += OnChanged;
    }

    /// <summary>An agent's outcome has changed; raised in order, and must not block.</summary>
    public event Action<AgentResult>? Changed;

    /// <summary>All agents, as they stand, in the order of the waves.</summary>
    public IReadOnlyList<AgentResult> Results
    {
        get
        {
            lock (_lock)
            {
                return [.. _agents.Values.Select(agent => agent.ToResult())];
            }
        }
    }

    /// <summary>Agents that count as failures.</summary>
    public int Failures => Count(outcome => outcome.IsFailure());

    /// <summary>How many agents have an outcome that <paramref name="isWanted"/>, of one wave or of all.</summary>
    public int Count(Func<AgentOutcome, bool> isWanted, int? wave = null)
    {
        lock (_lock)
        {
            int count = 0;
            for (int index = wave ?? 0; index <= (wave ?? _counts.Length - 1); index++)
            {
                for (int outcome = 0; outcome < Outcomes; outcome++)
                {
                    count += isWanted((AgentOutcome)outcome) ? _counts[index][outcome] : 0;
                }
            }

            return count;
        }
    }

    /// <summary>The documents of a wave are being published.</summary>
    public void Tell(int wave)
    {
        _started[wave] = _time.GetTimestamp();
        Update(_byWave[wave], agent => agent.Tell(_state.Find(agent.Target.Agent)));
    }

    /// <summary>The broker does not take <paramref name="order"/> of a wave.</summary>
    public void FailToSend(int wave, Order order, string why) =>
        Update(
            order.IsGroup
                ? _byWave[wave].Where(agent => ReferenceEquals(agent.Target.Order, order))
                : [_agents[order.Name]],
            agent => agent.FailToSend(why)
        );

    /// <summary>The time of a wave is up.</summary>
    public void Expire(int wave) => Update(_byWave[wave], agent => agent.Expire());

    /// <summary>The documents of waves that have started about which somebody has said nothing.</summary>
    public IReadOnlyList<Order> Unanswered()
    {
        lock (_lock)
        {
            return
            [
                .. _agents
                    .Values.Where(agent => agent.IsSilent)
                    .Select(agent => agent.Target.Order)
                    .Distinct(ReferenceEqualityComparer.Instance)
                    .Cast<Order>(),
            ];
        }
    }

    /// <summary>Completes when something may have changed since it last did.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken ct) => _changed.Reader.ReadAsync(ct);

    /// <summary>Makes <see cref="WaitAsync"/> complete.</summary>
    public void Wake() => _changed.Writer.TryWrite(true);

    /// <inheritdoc/>
    public void Dispose() => _state.Changed -= OnChanged;

    private void OnChanged(FleetAgent changed)
    {
        if (_agents.TryGetValue(changed.Id, out AgentProgress? agent))
        {
            Update(
                [agent],
                known =>
                    known.Take(
                        changed,
                        _time.GetElapsedTime(_started[known.Wave]).TotalMilliseconds
                    )
            );
        }
    }

    private void Update(IEnumerable<AgentProgress> agents, Action<AgentProgress> update)
    {
        List<AgentResult> changed = [];
        lock (_lock)
        {
            foreach (AgentProgress agent in agents)
            {
                AgentOutcome before = agent.Outcome;
                update(agent);
                AgentOutcome after = agent.Outcome;
                if (after != before)
                {
                    _counts[agent.Wave][(int)before]--;
                    _counts[agent.Wave][(int)after]++;
                    changed.Add(agent.ToResult());
                }
            }
        }

        foreach (AgentResult result in changed)
        {
            Changed?.Invoke(result);
        }

        Wake();
    }
}
