using System.Diagnostics;
using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Commands;

/// <summary>
/// Measures a running pipeline and something to compare it with, in short turns on the inference thread, so that a machine
/// that gets slower or faster meanwhile does so for both.
/// </summary>
internal sealed class BenchmarkSink : IFrameResultSink
{
    /// <summary>Results of a turn that are not measured: their frames were decoded while the other had its turn.</summary>
    private const int Settling = 4;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);

    /// <summary>Long enough to decode the frames that the pipeline keeps ready.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _ended = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly TimeSpan _length;
    private readonly Action? _other;
    private int _settled;
    private long _turnStartedAt;
    private long _bytesAtStart;

    /// <summary>Measures the pipeline for <paramref name="length"/>, and <paramref name="other"/> for as long.</summary>
    public BenchmarkSink(TimeSpan length, Action? other)
    {
        _length = length;
        _other = other;
    }

    /// <summary>Completes when both have been measured.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Frames of the pipeline that were measured.</summary>
    public long Frames { get; private set; }

    /// <summary>Their time.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Managed bytes allocated in that time by the whole process.</summary>
    public long Bytes { get; private set; }

    /// <summary>Sums of milliseconds over the frames.</summary>
    public (double Preprocess, double Inference, double Postprocess) Stages { get; private set; }

    /// <summary>Runs of the other.</summary>
    public long OtherRuns { get; private set; }

    /// <summary>Their time.</summary>
    public TimeSpan OtherElapsed { get; private set; }

    /// <inheritdoc />
    public void OnFrame(FrameResult result)
    {
        if (_settled < Settling)
        {
            _settled++;
            _bytesAtStart = GC.GetTotalAllocatedBytes(precise: true);
            _turnStartedAt = Stopwatch.GetTimestamp();
            return;
        }

        Frames++;
        Stages = (
            Stages.Preprocess + result.PreprocessMs,
            Stages.Inference + result.InferenceMs,
            Stages.Postprocess + result.PostprocessMs
        );
        TimeSpan turn = Stopwatch.GetElapsedTime(_turnStartedAt);
        if (turn < Turn)
        {
            return;
        }

        Elapsed += turn;
        Bytes += GC.GetTotalAllocatedBytes(precise: true) - _bytesAtStart;
        RunOther();
        _settled = 0;
        if (Elapsed >= _length)
        {
            _ended.TrySetResult();
        }
    }

    private void RunOther()
    {
        if (_other is null)
        {
            return;
        }

        Thread.Sleep(Quiet);
        long start = Stopwatch.GetTimestamp();
        do
        {
            _other();
            OtherRuns++;
        } while (Stopwatch.GetElapsedTime(start) < Turn);
        OtherElapsed += Stopwatch.GetElapsedTime(start);
    }
}
