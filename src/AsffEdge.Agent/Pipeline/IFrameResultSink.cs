namespace AsffEdge.Agent.Pipeline;

/// <summary>Takes results from the inference worker.</summary>
public interface IFrameResultSink
{
    /// <summary>Called on the inference thread: must not block and must copy what it keeps.</summary>
    void OnFrame(FrameResult result);

    /// <summary>Called on the inference thread when the inference of a frame failed, which leaves no result: must not block.</summary>
    /// <param name="change">The number of the change of profiles it was inferred under.</param>
    void OnFailure(long change) { }
}
