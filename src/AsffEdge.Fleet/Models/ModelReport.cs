using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Models;

/// <summary>What an agent's report makes of its outcome.</summary>
internal static class ModelReport
{
    /// <summary>The result after a report of the change that was asked for; the same where the report is behind or ahead of it.</summary>
    /// <param name="result">The agent as it stands.</param>
    /// <param name="change">What it reports.</param>
    /// <param name="stageOnly">Whether agents are only to fetch and check the file.</param>
    public static ModelResult Follow(ModelResult result, ModelChange change, bool stageOnly) =>
        (result.Outcome, change.State) switch
        {
            (ModelOutcome.Staging, ModelChangeState.Staged) => result with
            {
                Outcome = stageOnly ? ModelOutcome.Done : ModelOutcome.Staged,
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
}
