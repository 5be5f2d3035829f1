using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>Reads in <c>reported</c> what became of one document.</summary>
internal static class Judge
{
    /// <summary>What <paramref name="reported"/> says about the document <paramref name="rev"/> of <paramref name="source"/>.</summary>
    public static Verdict Of(ReportedDocument? reported, string source, long rev)
    {
        if (AgentDocuments.Said(reported, source) is not { } said)
        {
            return Verdict.None;
        }

        long last = Math.Max(said.Rev ?? 0, said.RevSeen ?? 0);
        if (last != rev)
        {
            return last < rev
                ? Verdict.None
                : new Verdict(
                    AgentOutcome.Superseded,
                    ResultCode.Superseded,
                    $"rev {last} came after"
                );
        }

        // The document came twice, as it does when an acknowledgement is lost, and is not newer the second time.
        bool isRepeated = said is { State: ReportedState.Rejected, Code: ResultCode.StaleRev };
        if (isRepeated && said.Rev == rev)
        {
            return reported!.RevApplied == rev ? new(AgentOutcome.Done, null, null) : Verdict.None;
        }

        AgentOutcome outcome = said.State switch
        {
            ReportedState.Pending => AgentOutcome.Pending,
            ReportedState.Rejected => AgentOutcome.Rejected,
            ReportedState.RolledBack => AgentOutcome.RolledBack,
            ReportedState.Overridden => AgentOutcome.Overridden,
            // Not settled, and kept all the same because the policy says so.
            _ when said.Code != ResultCode.Ok => AgentOutcome.Kept,
            _ => AgentOutcome.Done,
        };
        return new Verdict(outcome, said.Code == ResultCode.Ok ? null : said.Code, said.Detail);
    }
}
