using AsffEdge.Agent.Health;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Health;

public sealed class ProfileFaultsTests
{
    private readonly ProfileFaults _faults = new();

    [Fact]
    public void A_rollback_is_a_fault_until_another_document_comes_and_is_counted_once()
    {
        _faults.Note(Reported(7, ReportedState.Applied));
        _faults.Note(Reported(8, ReportedState.Pending));
        Assert.Empty(_faults.Find(null));

        _faults.Note(Reported(8, ReportedState.RolledBack));
        _faults.Note(Reported(8, ReportedState.RolledBack));
        Degradation fault = Assert.Single(_faults.Find(null));
        Assert.Equal(HealthCode.ProfileRolledBack, fault.Code);
        Assert.Contains("'agent' with rev 8", fault.Detail, StringComparison.Ordinal);
        Assert.Contains("too slow here", fault.Detail, StringComparison.Ordinal);
        Assert.Equal(1, _faults.Rollbacks);

        _faults.Note(Reported(9, ReportedState.RolledBack));
        Assert.Equal(2, _faults.Rollbacks);
        _faults.Note(Reported(10, ReportedState.Applied));
        Assert.Empty(_faults.Find(null));
    }

    [Fact]
    public void What_an_earlier_process_rolled_back_is_a_fault_but_not_counted()
    {
        _faults.Note(Reported(8, ReportedState.RolledBack));

        Assert.Single(_faults.Find(null));
        Assert.Equal(0, _faults.Rollbacks);
    }

    private static ReportedDocument Reported(long rev, ReportedState state) =>
        new()
        {
            Source = "agent",
            State = state,
            Code = ResultCode.TooSlow,
            Cameras = new Dictionary<string, ReportedCamera>(),
            Sources = new Dictionary<string, ReportedSource>
            {
                ["agent"] = new(state, ResultCode.TooSlow) { Rev = rev, Detail = "too slow here" },
            },
        };
}
