using AsffEdge.Agent.Hosting;
using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>Makes real inferences fail: ONNX Runtime is told to end each one of a model of a certain version before it has begun.</summary>
internal sealed class FailingInference : IFrameResultSink
{
    public AgentHost? Host { get; set; }

    /// <summary>The version whose inferences fail; null: none.</summary>
    public string? Version { get; set; }

    public int Failures { get; private set; }

    public void OnFrame(FrameResult result)
    {
        if (Version == result.Model.Version)
        {
            Host?.Model.Current.Detector.Terminate();
        }
    }

    public void OnFailure(long change)
    {
        Failures++;
        if (Version == Host?.Model.Current.Name.Version)
        {
            Host?.Model.Current.Detector.Terminate();
        }
    }
}
