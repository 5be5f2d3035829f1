using AsffEdge.Fleet.State;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>What is known of one agent while it is being told. Not thread-safe.</summary>
internal sealed class AgentProgress(Target target, int wave)
{
    private Verdict _verdict = Verdict.None;
    private string? _notSent;
    private bool _isTold;
    private bool _isExpired;
    private bool _isOnline;
    private bool _wasOnline;
    private double? _tookMs;

    /// <summary>Its wave, from 0.</summary>
    public int Wave => wave;

    /// <summary>By which document it is told.</summary>
    public Target Target => target;

    /// <summary>Whether it has said nothing about a document it was told by.</summary>
    public bool IsSilent => _isTold && _verdict.Outcome == AgentOutcome.Waiting;

    /// <summary>What has become of it.</summary>
    public AgentOutcome Outcome =>
        !_isTold ? AgentOutcome.NotTold
        : _notSent is not null ? AgentOutcome.NotSent
        : !_verdict.Outcome.IsOpen() ? _verdict.Outcome
        // Gone after it was told is another matter: the change itself may have ended it.
        : !_isOnline && !_wasOnline ? AgentOutcome.Offline
        : !_isExpired ? _verdict.Outcome
        : _verdict.Outcome == AgentOutcome.Pending ? AgentOutcome.NotSettled
        : AgentOutcome.NoAnswer;

    /// <summary>Its document is being published.</summary>
    public void Tell(FleetAgent? agent)
    {
        _isTold = true;
        Take(agent, null);
    }

    /// <summary>The broker does not take its document.</summary>
    public void FailToSend(string why) => _notSent = why;

    /// <summary>Its time is up. An answer counts all the same when it comes.</summary>
    public void Expire() => _isExpired = true;

    /// <summary>News of the agent.</summary>
    /// <param name="agent">What is known of it now; null: nothing.</param>
    /// <param name="elapsedMs">Milliseconds since its wave started.</param>
    public void Take(FleetAgent? agent, double? elapsedMs)
    {
        _isOnline = agent?.IsOnline ?? false;
        _wasOnline |= _isTold && _isOnline;
        Verdict verdict = Judge.Of(agent?.Reported, target.Order.Source, target.Order.Document.Rev);
        if (verdict != _verdict)
        {
            _verdict = verdict;
            _tookMs = elapsedMs is { } ms ? Math.Round(ms) : null;
        }
    }

    /// <summary>All of it, as it stands.</summary>
    public AgentResult ToResult() =>
        new(
            target.Agent,
            wave + 1,
            target.Order.Source,
            target.Order.Document.Rev,
            Outcome,
            _verdict.Code,
            _notSent ?? _verdict.Detail,
            _tookMs
        );
}
