using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Pipeline;

/// <summary>
/// How one camera does, live: every property may be read from any thread at any time. Counts are since the start of the
/// process; rates and latencies are recent ones.
/// </summary>
public sealed class CameraStatistics
{
    private readonly CameraReader _reader;
    private readonly LatencyHistogram _wait;
    private readonly LatencyHistogram _preprocess;
    private readonly LatencyHistogram _inference;
    private readonly LatencyHistogram _postprocess;
    private readonly LatencyHistogram _total;
    private readonly RateMeter _rate;
    private long _inferred;
    private long _skipped;
    private long _failures;
    private int _width;
    private int _height;

    internal CameraStatistics(CameraReader reader, TimeProvider time)
    {
        _reader = reader;
        _wait = new LatencyHistogram(time);
        _preprocess = new LatencyHistogram(time);
        _inference = new LatencyHistogram(time);
        _postprocess = new LatencyHistogram(time);
        _total = new LatencyHistogram(time);
        _rate = new RateMeter(time);
    }

    /// <summary>The camera's id.</summary>
    public string Id => _reader.Id;

    /// <summary>How it is and since when.</summary>
    public CameraStatus Status => _reader.Status;

    /// <summary>Whether it will never give a frame again: switched off, or a file that was played once.</summary>
    public bool HasEnded => _reader.Ended;

    /// <summary>Frames a second inferred.</summary>
    public double Fps => _rate.PerSecond;

    /// <summary>Frames decoded.</summary>
    public long Decoded => _reader.Decoded;

    /// <summary>Frames that are to be inferred: those decoded without those of a frozen picture.</summary>
    public long Delivered => _reader.Delivered;

    /// <summary>Frames inferred.</summary>
    public long Inferred => Volatile.Read(ref _inferred);

    /// <summary>Frames delivered but never inferred, because a newer one had come.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>Connections after the first.</summary>
    public int Reconnects => Math.Max(0, _reader.Streams - 1);

    /// <summary>Connections that failed or could not be made, by reason (<see cref="CameraReason"/>).</summary>
    internal IEnumerable<(string Reason, long Count)> Failures => _reader.Failures;

    /// <summary>Errors the decoder reported; frames near them may be damaged.</summary>
    public long DecodeErrors => _reader.DecodeErrors;

    /// <summary>Frames that may be damaged: those the decoder complained about, and those made from them.</summary>
    public long DamagedFrames => _reader.DamagedFrames;

    /// <summary>Frames whose inference failed.</summary>
    public long InferenceFailures => Volatile.Read(ref _failures);

    /// <summary>Width of the camera's picture in pixels; 0 before the first.</summary>
    public int SourceWidth => Volatile.Read(ref _width);

    /// <summary>Height of the camera's picture in pixels; 0 before the first.</summary>
    public int SourceHeight => Volatile.Read(ref _height);

    /// <summary>From the complete frame on our side to the start of its inference.</summary>
    public LatencySummary Wait => _wait.Summary;

    /// <summary>Resizing and normalising.</summary>
    public LatencySummary Preprocess => _preprocess.Summary;

    /// <summary>ONNX Runtime.</summary>
    public LatencySummary Inference => _inference.Summary;

    /// <summary>Decoding and non-maximum suppression.</summary>
    public LatencySummary Postprocess => _postprocess.Summary;

    /// <summary>From the complete frame on our side to its result.</summary>
    public LatencySummary Total => _total.Summary;

    /// <summary>Counts one result. Inference thread only.</summary>
    internal void Record(FrameResult result)
    {
        Volatile.Write(ref _inferred, _inferred + 1);
        Volatile.Write(ref _skipped, _skipped + result.Skipped);
        Volatile.Write(ref _width, result.SourceWidth);
        Volatile.Write(ref _height, result.SourceHeight);
        _rate.Count();
        _wait.Record(result.WaitMs);
        _preprocess.Record(result.PreprocessMs);
        _inference.Record(result.InferenceMs);
        _postprocess.Record(result.PostprocessMs);
        _total.Record(result.TotalMs);
    }

    /// <summary>Counts one failed inference. Inference thread only.</summary>
    internal void RecordFailure() => Volatile.Write(ref _failures, _failures + 1);
}
