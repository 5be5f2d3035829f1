using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Fleet.Simulation;

/// <summary>
/// Many simulated agents in one process. One loop is the clock of all of them: their frames, and their health messages, which it spreads
/// evenly over the interval.
/// </summary>
internal sealed class SimulatedFleet : IAsyncDisposable
{
    // As many as connect or leave at once: a broker that is slow is not overrun, one that is fast is not waited for.
    private const int MostAtOnce = 50;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("asff-fleet-");
    private readonly CancellationTokenSource _stopping = new();
    private readonly SimulatedAgent[] _agents;
    private readonly int _healthBeats;
    private readonly TimeProvider _time;
    private int _started;

    /// <summary>A fleet that is not started.</summary>
    /// <param name="options">Which agents.</param>
    /// <param name="broker">Their broker. In its user name <c>{agent}</c> stands for an agent's id.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where what they log goes.</param>
    public SimulatedFleet(
        SimulationOptions options,
        BrokerOptions broker,
        TimeProvider time,
        ILoggerFactory logs
    )
    {
        _time = time;
        _healthBeats = (int)(TimeSpan.FromSeconds(options.HealthIntervalS) / Beat);
        ProfileBook book = SimulatedPipeline.Book(options.Cameras);
        _agents =
        [
            .. AgentPlan
                .Make(options)
                .Select(plan => new SimulatedAgent(
                    plan,
                    book,
                    new LinkOptions(plan.Id, For(plan.Id), options.HealthIntervalS)
                    {
                        Groups = plan.Groups,
                    },
                    Path.Combine(_state.FullName, plan.Id),
                    time,
                    logs,
                    _stopping.Token
                )),
        ];

        BrokerOptions For(string agent) =>
            broker.Username is { } name && name.Contains(AgentInName, StringComparison.Ordinal)
                ? broker with
                {
                    Username = name.Replace(AgentInName, agent, StringComparison.Ordinal),
                }
                : broker;
    }

    /// <summary>What stands for an agent's id in the user name at the broker.</summary>
    public const string AgentInName = "{agent}";

    /// <summary>How they are.</summary>
    public FleetCount Count() => FleetCount.Of(_agents, Volatile.Read(ref _started));

    /// <summary>Connects all agents and lets their time pass until <paramref name="ct"/> is cancelled, then lets all of them leave.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await Task.WhenAll(StartAllAsync(ct), BeatAsync(ct)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await StopAllAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAllAsync().ConfigureAwait(false);
        foreach (SimulatedAgent agent in _agents)
        {
            agent.Dispose();
        }

        _stopping.Dispose();
        _state.Delete(recursive: true);
    }

    private Task StartAllAsync(CancellationToken ct) =>
        Parallel.ForEachAsync(
            _agents,
            new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = ct },
            async (agent, cancelled) =>
            {
                await agent.StartAsync(cancelled).ConfigureAwait(false);
                Interlocked.Increment(ref _started);
            }
        );

    private async Task BeatAsync(CancellationToken ct)
    {
        using PeriodicTimer timer = new(Beat, _time);
        for (int beat = 0; await timer.WaitForNextTickAsync(ct).ConfigureAwait(false); beat++)
        {
            for (int number = 0; number < _agents.Length; number++)
            {
                SimulatedAgent agent = _agents[number];
                agent.InferFrame();
                if (agent.IsConnected && beat % _healthBeats == HealthBeat(number))
                {
                    // Not awaited: an agent whose broker does not answer must not delay the others.
                    _ = agent.PublishHealthAsync(ct);
                }
            }
        }
    }

    // Each has its turn once an interval, from its start on: whoever hears no acknowledgement for longer takes the broker for gone.
    private int HealthBeat(int number) => (int)((number + 0.5) * _healthBeats / _agents.Length);

    // All say at once that they stop, which goes out by the connections; then they leave one after the other.
    private async Task StopAllAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Parallel
            .ForEachAsync(
                _agents,
                new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce },
                async (agent, _) => await agent.StopAsync().ConfigureAwait(false)
            )
            .ConfigureAwait(false);
    }
}
