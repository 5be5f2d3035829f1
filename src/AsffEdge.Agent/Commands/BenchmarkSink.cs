using System.Diagnostics;
using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Commands;

/// <summary>Measures one slice of a running pipeline, between two of its results.</summary>
internal sealed class BenchmarkSink : IFrameResultSink
{
    /// <summary>Results after which queues are filled and code is compiled.</summary>
    private const int Settling = 5;

    private readonly TaskCompletionSource _ended = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly TimeSpan _length;
    private long _count;
    private long _startedAt;
    private long _bytesAtStart;

    /// <summary>Measures for <paramref name="length"/>.</summary>
    public BenchmarkSink(TimeSpan length) => _length = length;

    /// <summary>Completes when the slice has been measured.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Frames measured.</summary>
    public long Frames { get; private set; }

    /// <summary>Their time.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Managed bytes allocated in that time by the whole process.</summary>
    public long Bytes { get; private set; }

    /// <summary>Sum of milliseconds of preprocessing, inference and postprocessing.</summary>
    public (double Preprocess, double Inference, double Postprocess) Stages { get; private set; }

    /// <inheritdoc />
    public void OnFrame(FrameResult result)
    {
        _count++;
        if (_count == Settling)
        {
            _bytesAtStart = GC.GetTotalAllocatedBytes(precise: true);
            _startedAt = Stopwatch.GetTimestamp();
        }
        else if (_count > Settling && !_ended.Task.IsCompleted)
        {
            Stages = (
                Stages.Preprocess + result.PreprocessMs,
                Stages.Inference + result.InferenceMs,
                Stages.Postprocess + result.PostprocessMs
            );
            Frames++;
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_startedAt);
            if (elapsed >= _length)
            {
                Elapsed = elapsed;
                Bytes = GC.GetTotalAllocatedBytes(precise: true) - _bytesAtStart;
                _ended.SetResult();
            }
        }
    }
}
