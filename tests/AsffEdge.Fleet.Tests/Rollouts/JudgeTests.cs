using AsffEdge.Fleet.Rollouts;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.Rollouts;

/// <summary>What an agent's report says about one document.</summary>
public sealed class JudgeTests
{
    private const long Rev = 50;

    [Theory]
    [InlineData(ReportedState.Applied, ResultCode.Ok, nameof(AgentOutcome.Done))]
    [InlineData(ReportedState.Pending, ResultCode.Ok, nameof(AgentOutcome.Pending))]
    [InlineData(ReportedState.Overridden, ResultCode.Ok, nameof(AgentOutcome.Overridden))]
    [InlineData(ReportedState.RolledBack, ResultCode.TooSlow, nameof(AgentOutcome.RolledBack))]
    [InlineData(ReportedState.Applied, ResultCode.TooSlow, nameof(AgentOutcome.Kept))]
    public void What_it_holds_is_as_far_as_it_says(
        ReportedState state,
        ResultCode code,
        string expected
    )
    {
        ReportedDocument reported = Reported(
            new ReportedSource(state, code) { RevSeen = Rev, Rev = Rev }
        );

        Verdict verdict = Judge.Of(reported, "agent", Rev);

        Assert.Equal(expected, verdict.Outcome.ToString());
        Assert.Equal(code == ResultCode.Ok ? null : code, verdict.Code);
    }

    [Fact]
    public void A_refusal_has_its_code_and_detail()
    {
        ReportedDocument reported = Reported(
            new ReportedSource(ReportedState.Rejected, ResultCode.BadSize)
            {
                RevSeen = Rev,
                Rev = 42,
                Detail = "too large",
            }
        );

        Assert.Equal(
            new Verdict(AgentOutcome.Rejected, ResultCode.BadSize, "too large"),
            Judge.Of(reported, "agent", Rev)
        );
    }

    [Fact]
    public void What_it_said_of_the_document_before_says_nothing()
    {
        ReportedDocument reported = Reported(
            new ReportedSource(ReportedState.Rejected, ResultCode.BadSize)
            {
                RevSeen = Rev - 1,
                Rev = 42,
            }
        );

        Assert.Equal(Verdict.None, Judge.Of(reported, "agent", Rev));
        Assert.Equal(Verdict.None, Judge.Of(reported, "group:gates", Rev));
        Assert.Equal(Verdict.None, Judge.Of(null, "agent", Rev));
    }

    [Theory]
    [InlineData(Rev + 1, Rev + 1)]
    [InlineData(Rev + 1, Rev)]
    [InlineData(null, Rev + 1)]
    public void Something_newer_has_superseded_it(long? seen, long held)
    {
        ReportedDocument reported = Reported(
            new ReportedSource(ReportedState.Applied, ResultCode.Ok) { RevSeen = seen, Rev = held }
        );

        Assert.Equal(AgentOutcome.Superseded, Judge.Of(reported, "agent", Rev).Outcome);
    }

    [Theory]
    [InlineData(Rev, nameof(AgentOutcome.Done))]
    [InlineData(42L, nameof(AgentOutcome.Waiting))]
    public void The_same_document_twice_is_no_refusal(long applied, string expected)
    {
        ReportedDocument reported = Reported(
            new ReportedSource(ReportedState.Rejected, ResultCode.StaleRev)
            {
                RevSeen = Rev,
                Rev = Rev,
            }
        ) with
        {
            RevApplied = applied,
        };

        Assert.Equal(expected, Judge.Of(reported, "agent", Rev).Outcome.ToString());
    }

    [Fact]
    public void A_revision_that_the_agent_holds_newer_is_a_refusal()
    {
        ReportedDocument reported = Reported(
            new ReportedSource(ReportedState.Rejected, ResultCode.StaleRev)
            {
                RevSeen = Rev,
                Rev = Rev + 7,
            }
        );

        Assert.Equal(
            (AgentOutcome.Superseded, ResultCode.Superseded),
            (Judge.Of(reported, "agent", Rev).Outcome, Judge.Of(reported, "agent", Rev).Code)
        );
    }

    private static ReportedDocument Reported(ReportedSource agent) =>
        FleetMessages.Reported("fast", 42) with
        {
            Sources = new Dictionary<string, ReportedSource> { ["agent"] = agent },
        };
}
