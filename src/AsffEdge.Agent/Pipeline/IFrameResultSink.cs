namespace AsffEdge.Agent.Pipeline;

/// <summary>Takes results from the inference worker.</summary>
public interface IFrameResultSink
{
    /// <summary>Called on the inference thread: must not block and must copy what it keeps.</summary>
    void OnFrame(FrameResult result);
}
