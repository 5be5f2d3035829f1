using System.Numerics;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Pipeline;

/// <summary>The sinks of a worker: each gets every result, whatever becomes of it in the others. Inference thread only, but for the count.</summary>
internal sealed class ResultSinks(IReadOnlyList<IFrameResultSink> sinks, ILogger logger)
{
    private long _failures;

    /// <summary>Results that a sink failed to take.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Hands a result to every sink.</summary>
    public void OnFrame(FrameResult result)
    {
        for (int i = 0; i < sinks.Count; i++)
        {
            try
            {
                sinks[i].OnFrame(result);
            }
            // A sink is somebody else's code; detection goes on without it.
            catch (Exception error)
            {
                long failures = Interlocked.Increment(ref _failures);
                if (BitOperations.IsPow2(failures))
                {
                    Log.SinkFailed(logger, sinks[i].GetType().Name, failures, error);
                }
            }
        }
    }

    /// <summary>Tells every sink that a frame gave no result.</summary>
    public void OnFailure(long change)
    {
        for (int i = 0; i < sinks.Count; i++)
        {
            sinks[i].OnFailure(change);
        }
    }
}
