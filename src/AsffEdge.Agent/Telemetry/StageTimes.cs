using System.Diagnostics.Metrics;
using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Telemetry;

/// <summary>How long the stages of every frame took, as histograms. Costs the inference thread no allocation, and nothing where nobody listens.</summary>
internal sealed class StageTimes : IFrameResultSink
{
    // From a frame of a fast accelerator to what a loaded small device takes at the largest size.
    private static readonly double[] BoundsS =
    [
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
    ];

    private readonly Histogram<double> _histogram;
    private readonly KeyValuePair<string, object?>[] _cameras;
    private readonly KeyValuePair<string, object?> _wait = Stage("wait");
    private readonly KeyValuePair<string, object?> _preprocess = Stage("preprocess");
    private readonly KeyValuePair<string, object?> _inference = Stage("inference");
    private readonly KeyValuePair<string, object?> _postprocess = Stage("postprocess");
    private readonly KeyValuePair<string, object?> _total = Stage("total");
    private readonly KeyValuePair<string, object?> _publish = Stage("publish");

    /// <param name="meter">What the histogram belongs to.</param>
    /// <param name="cameras">The cameras' ids, in the order of the configuration.</param>
    public StageTimes(Meter meter, IEnumerable<string> cameras)
    {
        _histogram = meter.CreateHistogram(
            "asff_edge.stage.duration",
            "s",
            "What a stage of a frame took: wait, preprocess, inference, postprocess, total (complete frame to result), publish (result to broker)",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = BoundsS }
        );
        _cameras = [.. cameras.Select(AgentMeter.Camera)];
    }

    /// <inheritdoc/>
    public void OnFrame(FrameResult result)
    {
        if (!_histogram.Enabled)
        {
            return;
        }

        KeyValuePair<string, object?> camera = _cameras[result.CameraIndex];
        _histogram.Record(result.WaitMs / 1000, camera, _wait);
        _histogram.Record(result.PreprocessMs / 1000, camera, _preprocess);
        _histogram.Record(result.InferenceMs / 1000, camera, _inference);
        _histogram.Record(result.PostprocessMs / 1000, camera, _postprocess);
        _histogram.Record(result.TotalMs / 1000, camera, _total);
    }

    /// <summary>Notes that the broker has a result. Any thread.</summary>
    /// <param name="camera">The camera's index.</param>
    /// <param name="taken">The time since the result.</param>
    public void NotePublished(int camera, TimeSpan taken) =>
        _histogram.Record(taken.TotalSeconds, _cameras[camera], _publish);

    private static KeyValuePair<string, object?> Stage(string name) => new("stage", name);
}
