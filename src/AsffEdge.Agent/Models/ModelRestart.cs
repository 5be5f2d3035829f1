using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>What becomes of a change to another model that a process has left behind when the next one starts.</summary>
internal static class ModelRestart
{
    /// <summary>A model that has not settled in so many starts is given up: it may be what ends the process.</summary>
    public const int MostStarts = 3;

    /// <summary>The index after another start of the process.</summary>
    /// <param name="models">The index.</param>
    /// <param name="holds">Whether the file of a model is kept, whole.</param>
    /// <param name="now">UTC.</param>
    public static StoredModels AfterStart(
        StoredModels models,
        Func<string, bool> holds,
        DateTime now
    )
    {
        if (models.Staged is { } staged && !holds(staged.Sha256))
        {
            models = models with { Staged = null };
        }

        return models.Change?.State switch
        {
            ModelChangeState.Staging => Fail(
                ResultCode.NotFetched,
                "the agent was started anew while it fetched the file; what is here of it is kept, and asking again goes on from there"
            ),
            ModelChangeState.Staged when models.Staged?.Sha256 != models.Change.Sha256 => Fail(
                ResultCode.UnknownModel,
                "its file is not here any more, or was damaged while the agent was down"
            ),
            ModelChangeState.Shadow => Fail(
                ResultCode.Failed,
                models.Staged is null
                    ? "the agent was started anew while it ran in the shadow, and its file is not here any more"
                    : "the agent was started anew while it ran in the shadow; it is still here and can be activated again"
            ),
            ModelChangeState.Settling => AnotherStart(models, now),
            _ => models,
        };

        StoredModels Fail(ResultCode code, string detail) =>
            models.With(
                models.Change with
                {
                    State = ModelChangeState.Failed,
                    Code = code,
                    Since = now,
                    Detail = detail,
                }
            );
    }

    private static StoredModels AnotherStart(StoredModels models, DateTime now)
    {
        ModelChange change = models.Change!;
        if (models.Trial is not { } trial || models.Current?.Sha256 != change.Sha256)
        {
            // The configured file, read anew by a command: it is started with because it is configured.
            return models.With(
                change with
                {
                    State = ModelChangeState.Settled,
                    Since = now,
                    Detail = "the agent was started anew while it was watched",
                }
            );
        }

        trial = trial with { Starts = trial.Starts + 1 };
        if (trial.Starts < MostStarts)
        {
            return models with { Trial = trial };
        }

        string why = $"the agent was started {MostStarts} times before it had settled";
        return models
            .TakenBack(change.Sha256, why)
            .With(
                change with
                {
                    State = ModelChangeState.RolledBack,
                    Code = ResultCode.Failed,
                    Since = now,
                    Detail = why,
                }
            );
    }
}
