using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Profiles;

/// <summary>Tells <paramref name="watch"/> of every frame that was inferred.</summary>
internal sealed class FirstFrameSink(FirstFrameWatch watch) : IFrameResultSink
{
    /// <inheritdoc/>
    public void OnFrame(FrameResult result) => watch.OnFrame(result.Revision);
}
