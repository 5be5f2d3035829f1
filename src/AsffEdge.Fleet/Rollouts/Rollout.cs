using System.Collections.Concurrent;
using AsffEdge.Fleet.State;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>Carries out a plan: publishes wave by wave, waits for what the agents report, stops when too many fail, and brings back what was before if that is wanted.</summary>
internal sealed class Rollout : IDisposable
{
    /// <summary>Seconds for which an agent watches a change whose policy does not say.</summary>
    public const double DefaultSettleS = 30;

    private readonly RolloutPlan _plan;
    private readonly RolloutOptions _options;
    private readonly FleetState _state;
    private readonly Func<Order, CancellationToken, Task> _publish;
    private readonly TimeProvider _time;
    private readonly RolloutTracker _forward;
    private readonly List<TimeSpan> _took = [];
    private readonly ConcurrentQueue<string> _problems = new();
    private volatile RolloutTracker? _undo;

    /// <summary>A roll-out that has not started.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="options">How to go about it.</param>
    /// <param name="state">What the agents say, kept up to date by others.</param>
    /// <param name="publish">Publishes a document, retained; completes when the broker has it, throws <see cref="FleetException"/> when the broker refuses.</param>
    /// <param name="time">The clock.</param>
    public Rollout(
        RolloutPlan plan,
        RolloutOptions options,
        FleetState state,
        Func<Order, CancellationToken, Task> publish,
        TimeProvider time
    )
    {
        (_plan, _options, _state, _publish, _time) = (plan, options, state, publish, time);
        _forward = new RolloutTracker(plan.Waves, state, time);
        _forward.Changed += result => AgentChanged?.Invoke(result, false);
    }

    /// <summary>A wave, from 0, starts.</summary>
    public event Action<int>? WaveStarted;

    /// <summary>A wave, from 0, is through, after this long.</summary>
    public event Action<int, TimeSpan>? WaveEnded;

    /// <summary>An agent's outcome has changed; the flag: in bringing back what was before. Raised in order, and must not block.</summary>
    public event Action<AgentResult, bool>? AgentChanged;

    /// <summary>It stops, because of this many failures.</summary>
    public event Action<int>? Stopping;

    /// <summary>What was before is being brought back, on this many agents.</summary>
    public event Action<int>? UndoStarted;

    /// <summary>The plan.</summary>
    public RolloutPlan Plan => _plan;

    /// <summary>Where the waves stand.</summary>
    public RolloutTracker Forward => _forward;

    /// <summary>Where bringing back stands; null: not started.</summary>
    public RolloutTracker? Undo => _undo;

    /// <summary>Carries it out. When <paramref name="ct"/> is cancelled it ends where it is, and says so.</summary>
    public async Task<RolloutResult> RunAsync(CancellationToken ct)
    {
        RolloutEnd end;
        try
        {
            end = await RunWavesAsync(ct).ConfigureAwait(false);
            if (end == RolloutEnd.Stopped && _options.Undo)
            {
                end = await RunUndoAsync(ct).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            end = RolloutEnd.Interrupted;
        }

        return new RolloutResult(end, Results(), _took, [.. _problems]);
    }

    /// <summary>Publishes again what somebody has not answered yet: a broker that was restarted may have forgotten it.</summary>
    public Task RepeatAsync(CancellationToken ct)
    {
        RolloutTracker tracker = _undo ?? _forward;
        return Task.WhenAll(
            tracker.Unanswered().Select(order => SendAsync(tracker, null, order, ct))
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _forward.Dispose();
        _undo?.Dispose();
    }

    private static TimeSpan Settling(Wave wave) =>
        TimeSpan.FromSeconds(
            wave.Orders.Max(order => order.Document.Policy?.SettleS ?? DefaultSettleS)
        );

    private async Task<RolloutEnd> RunWavesAsync(CancellationToken ct)
    {
        for (int wave = 0; wave < _plan.Waves.Count; wave++)
        {
            ct.ThrowIfCancellationRequested();
            WaveStarted?.Invoke(wave);
            long started = _time.GetTimestamp();
            try
            {
                await DeliverAsync(
                        _forward,
                        wave,
                        _plan.Waves[wave],
                        () => _forward.Failures <= _options.MaxFailures,
                        ct
                    )
                    .ConfigureAwait(false);
            }
            finally
            {
                _took.Add(_time.GetElapsedTime(started));
                WaveEnded?.Invoke(wave, _took[^1]);
            }

            if (_forward.Failures is var failures && failures > _options.MaxFailures)
            {
                Stopping?.Invoke(failures);
                return RolloutEnd.Stopped;
            }
        }

        bool isDone =
            _problems.IsEmpty && _forward.Count(outcome => outcome != AgentOutcome.Done) == 0;
        return isDone ? RolloutEnd.Done : RolloutEnd.Incomplete;
    }

    private async Task<RolloutEnd> RunUndoAsync(CancellationToken ct)
    {
        // Whoever was told something newer meanwhile keeps that.
        HashSet<string> told =
        [
            .. _forward
                .Results.Where(agent =>
                    agent.Outcome is not (AgentOutcome.NotTold or AgentOutcome.Superseded)
                )
                .Select(agent => agent.Agent),
        ];
        DateTime now = _time.GetUtcNow().UtcDateTime;
        Messaging.DesiredDocument head = _plan.Head with
        {
            Rev = new DateTimeOffset(now).ToUnixTimeSeconds(),
            Issued = now,
        };
        Dictionary<Order, Order> undone = _plan
            .Waves.Take(_took.Count)
            .SelectMany(wave => wave.Orders)
            .Where(order => order.IsGroup || told.Contains(order.Name))
            .ToDictionary(order => order, order => order.Undo(head), ByReference);
        Target[] targets =
        [
            .. _plan
                .Targets.Where(target => told.Contains(target.Agent))
                .Select(target => target with { Order = undone[target.Order] }),
        ];
        if (undone.Count == 0)
        {
            return RolloutEnd.Undone;
        }

        _forward.Dispose();
        Wave wave = new([.. undone.Values], targets);
        RolloutTracker tracker = new([wave], _state, _time);
        tracker.Changed += result => AgentChanged?.Invoke(result, true);
        _undo = tracker;
        UndoStarted?.Invoke(targets.Length);
        await DeliverAsync(tracker, 0, wave, () => true, ct).ConfigureAwait(false);
        return tracker.Failures == 0 ? RolloutEnd.Undone : RolloutEnd.NotUndone;
    }

    private static IEqualityComparer<Order> ByReference { get; } =
        EqualityComparer<Order>.Create(
            ReferenceEquals,
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode
        );

    /// <summary>Publishes a wave and waits until all of it is answered, too much has failed, or the time is up.</summary>
    private async Task DeliverAsync(
        RolloutTracker tracker,
        int index,
        Wave wave,
        Func<bool> mayGoOn,
        CancellationToken ct
    )
    {
        using CancellationTokenSource deadline = new(_options.Timeout + Settling(wave), _time);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(
            ct,
            deadline.Token
        );
        tracker.Tell(index);
        bool isSent = false;
        Task sending = SendAllAsync();
        try
        {
            while (
                mayGoOn()
                && (
                    !Volatile.Read(ref isSent)
                    || tracker.Count(outcome => outcome.IsOpen(), index) > 0
                )
            )
            {
                await tracker.WaitAsync(ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            tracker.Expire(index);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task SendAllAsync()
        {
            await Task.WhenAll(
                    wave.Orders.Select(order => SendAsync(tracker, index, order, ending.Token))
                )
                .ConfigureAwait(false);
            Volatile.Write(ref isSent, true);
            tracker.Wake();
        }
    }

    private async Task SendAsync(
        RolloutTracker tracker,
        int? wave,
        Order order,
        CancellationToken ct
    )
    {
        try
        {
            await _publish(order, ct).ConfigureAwait(false);
        }
        catch (FleetException error)
        {
            if (order.IsGroup)
            {
                _problems.Enqueue(error.Message);
            }

            if (wave is { } index)
            {
                tracker.FailToSend(index, order, error.Message);
            }
        }
    }

    private List<AgentResult> Results()
    {
        Dictionary<string, AgentResult> undo =
            _undo?.Results.ToDictionary(agent => agent.Agent, StringComparer.Ordinal) ?? [];
        return
        [
            .. _forward.Results.Select(agent =>
                agent with
                {
                    Undo = undo.GetValueOrDefault(agent.Agent),
                }
            ),
        ];
    }
}
