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
    private readonly ModelResults _results = new(waves);

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

    /// <inheritdoc cref="ModelResults.Changed"/>
    public event Action<ModelResult>? AgentChanged
    {
        add => _results.Changed += value;
        remove => _results.Changed -= value;
    }

    /// <summary>The agents of each wave.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Waves => waves;

    /// <inheritdoc cref="ModelResults.All"/>
    public IReadOnlyList<ModelResult> Results => _results.All;

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
                : IsInUse(known) && !order.RenewsSignature ? ModelOutcome.Done
                : ModelOutcome.Staging;
            if (known?.Models?.Change is { } earlier)
            {
                _earlier[agent] = earlier;
            }

            _results.Set(
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

        foreach (string agent in _results.In(wave, ModelOutcome.Staged))
        {
            _results.Set(agent, result => result with { Outcome = ModelOutcome.Activating });
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
        string[] asked = _results.In(wave, from);
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
                _results.Set(
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
            foreach (string agent in _results.In(wave, ModelOutcome.Settling))
            {
                _results.Set(
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
            if (_results.In(wave, ModelOutcome.Settling).Length == 0)
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
                _results.Set(
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
            _results.Set(agent.Id, result => ModelReport.Follow(result, change, order.StageOnly));
        }
    }
}
