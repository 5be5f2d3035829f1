using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Models.Shadow;

/// <summary>Shows the frames of the model in use to the one in its shadow, where there is one. Costs the inference thread a comparison a frame.</summary>
internal sealed class ShadowTap : IFrameResultSink
{
    private volatile ShadowRun? _run;

    /// <summary>What sees the frames; null: nothing.</summary>
    public ShadowRun? Run
    {
        get => _run;
        set => _run = value;
    }

    /// <inheritdoc/>
    public void OnFrame(FrameResult result) => _run?.Offer(result);
}
