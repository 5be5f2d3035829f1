using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Profiles;

/// <summary>Tells <paramref name="frames"/> and <paramref name="controller"/> how the frames do after a change of profiles.</summary>
internal sealed class ChangeSink(FirstFrameWatch frames, ProfileController controller)
    : IFrameResultSink
{
    /// <inheritdoc/>
    public void OnFrame(FrameResult result) => frames.OnFrame(result.Change);

    /// <inheritdoc/>
    public void OnFailure(long change) => controller.OnInferenceFailed(change);
}
