using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AsffEdge.Fleet.Requests;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Models;

/// <summary>
/// Rolls a model out in waves. The agents of a wave fetch and check it; where not too many failed, they use it, in the shadow first, and watch
/// it. What an agent answers and what it reports both count: an answer can be lost, a report is retained.
/// </summary>
/// <param name="order">What to roll out.</param>
/// <param name="waves">The agents of each wave.</param>
/// <param name="options">How to go about it.</param>
/// <param name="state">What the agents report, kept up to date by others.</param>
/// <param name="send">Sends a command to agents, and gives their answers as they come, the last ones within a time.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelRollout(
    ModelOrder order,
    IReadOnlyList<IReadOnlyList<string>> waves,
    ModelRolloutOptions options,
    FleetState state,
    ModelRollout.Send send,
    TimeProvider time
)
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, ModelResult> _results = new(
        waves
            .SelectMany(
                (agents, wave) =>
                    agents.Select(agent => new ModelResult(agent, wave + 1, ModelOutcome.NotTold))
            )
            .Select(result => KeyValuePair.Create(result.Agent, result)),
        StringComparer.Ordinal
    );

    // What agents reported when their wave started: of an earlier roll-out, perhaps of the same file.
    private readonly ConcurrentDictionary<string, ModelChange> _earlier = new(
        StringComparer.Ordinal
    );

    /// <summary>Sends a command to agents, and gives their answers.</summary>
    /// <param name="agents">The agents.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="body">Its body.</param>
    /// <param name="within">How long to wait for the last answers.</param>
    /// <param name="ct">Ends the waiting.</param>
    public delegate IAsyncEnumerable<AnswerLine> Send(
        IReadOnlyCollection<string> agents,
        string command,
        JsonObject body,
        TimeSpan within,
        CancellationToken ct
    );

    /// <summary>An agent's outcome has changed. Raised in order, and must not block.</summary>
    public event Action<ModelResult>? AgentChanged;

    /// <summary>The agents of each wave.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Waves => waves;

    /// <summary>All agents, as they stand, in the order of the waves.</summary>
    public IReadOnlyList<ModelResult> Results
    {
        get
        {
            lock (_lock)
            {
                return [.. _results.Values];
            }
        }
    }

    private int Failures => Results.Count(result => result.Outcome.IsFailure());

    /// <summary>Carries it out. When <paramref name="ct"/> is cancelled it ends where it is, and says so.</summary>
    public async Task<RolloutEnd> RunAsync(CancellationToken ct)
    {
        state.Changed += OnChanged;
        try
        {
            foreach (IReadOnlyList<string> wave in waves)
            {
                await RunAsync(wave, ct).ConfigureAwait(false);
                if (Failures > options.MaxFailures)
                {
                    return options.Undo
                        ? await UndoAsync(ct).ConfigureAwait(false)
                        : RolloutEnd.Stopped;
                }
            }

            return Results.All(result => result.Outcome == ModelOutcome.Done)
                ? RolloutEnd.Done
                : RolloutEnd.Incomplete;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return RolloutEnd.Interrupted;
        }
        finally
        {
            state.Changed -= OnChanged;
        }
    }

    private async Task RunAsync(IReadOnlyList<string> wave, CancellationToken ct)
    {
        foreach (string agent in wave)
        {
            FleetAgent? known = state.Find(agent);
            ModelOutcome first =
                known is not { IsOnline: true } ? ModelOutcome.Offline
                : IsInUse(known) ? ModelOutcome.Done
                : ModelOutcome.Staging;
            if (known?.Models?.Change is { } earlier)
            {
                _earlier[agent] = earlier;
            }

            Set(
                agent,
                result =>
                    result with
                    {
                        Outcome = first,
                        Detail = first == ModelOutcome.Done ? "runs it already" : null,
                    }
            );
        }

        await AskAsync(
                wave,
                ModelOutcome.Staging,
                CommandName.ModelStage,
                order.Stage(),
                order.StageOnly ? ModelOutcome.Done : ModelOutcome.Staged,
                options.FetchWithin,
                ct
            )
            .ConfigureAwait(false);
        if (order.StageOnly || Failures > options.MaxFailures)
        {
            return;
        }

        foreach (string agent in In(wave, ModelOutcome.Staged))
        {
            Set(agent, result => result with { Outcome = ModelOutcome.Activating });
        }

        await AskAsync(
                wave,
                ModelOutcome.Activating,
                CommandName.ModelActivate,
                order.Activate(),
                ModelOutcome.Settling,
                TimeSpan.FromSeconds(order.ShadowS) + options.AnswerWithin,
                ct
            )
            .ConfigureAwait(false);
        await SettleAsync(wave, ct).ConfigureAwait(false);
    }

    /// <summary>Sends a command to those who have come to <paramref name="from"/>, and notes what they answer.</summary>
    private async Task AskAsync(
        IReadOnlyList<string> wave,
        ModelOutcome from,
        string command,
        JsonObject body,
        ModelOutcome to,
        TimeSpan within,
        CancellationToken ct
    )
    {
        string[] asked = In(wave, from);
        if (asked.Length == 0)
        {
            return;
        }

        await foreach (
            AnswerLine answer in send(asked, command, body, within, ct).ConfigureAwait(false)
        )
        {
            if (answer.IsLast())
            {
                Set(
                    answer.Agent,
                    result =>
                        result.Outcome != from ? result // its report was faster
                        : answer.IsDone() ? result with { Outcome = to }
                        : result with
                        {
                            Outcome = answer.Code is null
                                ? ModelOutcome.NoAnswer
                                : ModelOutcome.Failed,
                            Code = answer.Code,
                            Detail = answer.Detail,
                        }
                );
            }
        }
    }

    private async Task SettleAsync(IReadOnlyList<string> wave, CancellationToken ct)
    {
        TimeSpan within = TimeSpan.FromSeconds(order.SettleS) + options.AnswerWithin;
        TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        AgentChanged += Look;
        try
        {
            Look(null);
            await settled.Task.WaitAsync(within, time, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (string agent in In(wave, ModelOutcome.Settling))
            {
                Set(
                    agent,
                    result =>
                        result with
                        {
                            Outcome = ModelOutcome.NoAnswer,
                            Detail =
                                $"in use, but it has not said within {within.TotalSeconds:0.#} s that it stays so",
                        }
                );
            }
        }
        finally
        {
            AgentChanged -= Look;
        }

        void Look(ModelResult? changed)
        {
            if (In(wave, ModelOutcome.Settling).Length == 0)
            {
                settled.TrySetResult();
            }
        }
    }

    private async Task<RolloutEnd> UndoAsync(CancellationToken ct)
    {
        string[] told =
        [
            .. Results
                .Where(result =>
                    result.Outcome is ModelOutcome.Done or ModelOutcome.Settling
                    || result is { Outcome: ModelOutcome.NoAnswer }
                        && state.Find(result.Agent) is { } agent
                        && agent.Models?.Current.Sha256 == order.Sha256
                )
                .Where(result => result.Detail != "runs it already")
                .Select(result => result.Agent),
        ];
        if (told.Length == 0 || order.StageOnly)
        {
            return RolloutEnd.Undone;
        }

        bool isUndone = true;
        await foreach (
            AnswerLine answer in send(
                    told,
                    CommandName.ModelRollback,
                    order.Rollback(),
                    options.AnswerWithin,
                    ct
                )
                .ConfigureAwait(false)
        )
        {
            if (answer.IsLast())
            {
                isUndone &= answer.IsDone();
                Set(
                    answer.Agent,
                    result =>
                        result with
                        {
                            Undo = answer.IsDone() ? "done" : answer.Detail ?? answer.State,
                        }
                );
            }
        }

        return isUndone ? RolloutEnd.Undone : RolloutEnd.NotUndone;
    }

    private bool IsInUse(FleetAgent agent) =>
        agent.Models is { } models
        && models.Current.Sha256 == order.Sha256
        && models.Change is not { State: ModelChangeState.Settling };

    private void OnChanged(FleetAgent agent)
    {
        if (
            agent.Models?.Change is { } change
            && change.Sha256 == order.Sha256
            && change != _earlier.GetValueOrDefault(agent.Id)
        )
        {
            Set(agent.Id, result => Follow(result, change));
        }
    }

    private ModelResult Follow(ModelResult result, ModelChange change) =>
        (result.Outcome, change.State) switch
        {
            (ModelOutcome.Staging, ModelChangeState.Staged) => result with
            {
                Outcome = order.StageOnly ? ModelOutcome.Done : ModelOutcome.Staged,
            },
            (ModelOutcome.Activating, ModelChangeState.Shadow) => result with
            {
                Shadow = change.Shadow,
            },
            (ModelOutcome.Activating, ModelChangeState.Settling) => result with
            {
                Outcome = ModelOutcome.Settling,
                Shadow = change.Shadow,
            },
            (ModelOutcome.Activating or ModelOutcome.Settling, ModelChangeState.Settled) =>
                result with
                {
                    Outcome = ModelOutcome.Done,
                    Shadow = change.Shadow,
                },
            (ModelOutcome.Activating or ModelOutcome.Settling, ModelChangeState.RolledBack) =>
                Failed(result, ModelOutcome.RolledBack, change),
            (
                ModelOutcome.Staging
                    or ModelOutcome.Activating
                    or ModelOutcome.Settling,
                ModelChangeState.Failed
            ) => Failed(result, ModelOutcome.Failed, change),
            _ => result,
        };

    private static ModelResult Failed(
        ModelResult result,
        ModelOutcome outcome,
        ModelChange change
    ) =>
        result with
        {
            Outcome = outcome,
            Code = ContractName.Of(change.Code),
            Detail = change.Detail,
            Shadow = change.Shadow,
        };

    private string[] In(IReadOnlyList<string> wave, ModelOutcome outcome)
    {
        lock (_lock)
        {
            return [.. wave.Where(agent => _results[agent].Outcome == outcome)];
        }
    }

    private void Set(string agent, Func<ModelResult, ModelResult> change)
    {
        ModelResult changed;
        lock (_lock)
        {
            if (!_results.TryGetValue(agent, out ModelResult? result))
            {
                return;
            }

            changed = change(result);
            if (changed == result)
            {
                return;
            }

            _results[agent] = changed;
        }

        AgentChanged?.Invoke(changed);
    }
}
