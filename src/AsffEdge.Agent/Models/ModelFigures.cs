using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Models;

/// <summary>What the model in use made of its last frames. Costs the inference thread a write a frame. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class ModelFigures(TimeProvider time)
{
    /// <summary>Most frames that are remembered.</summary>
    public const int Most = 4096;

    private readonly Lock _lock = new();
    private readonly FrameFigures[] _ring = new FrameFigures[Most];
    private long _count;

    /// <summary>Notes a frame.</summary>
    public void Note(FrameResult result)
    {
        lock (_lock)
        {
            _ring[_count++ % Most] = new FrameFigures(
                result.CameraIndex,
                result.Profile.Size,
                (float)result.InferenceMs,
                result.Count,
                time.GetTimestamp()
            );
        }
    }

    /// <summary>The frames of the last <paramref name="within"/>, at most <see cref="Most"/>.</summary>
    public FrameFigures[] Last(TimeSpan within)
    {
        long now = time.GetTimestamp();
        lock (_lock)
        {
            return
            [
                .. _ring
                    .Take((int)Math.Min(_count, Most))
                    .Where(frame => time.GetElapsedTime(frame.At, now) <= within),
            ];
        }
    }

    /// <summary>Forgets them: another model takes over.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _count = 0;
        }
    }
}

/// <summary>A frame in <see cref="ModelFigures"/>.</summary>
/// <param name="Camera">The camera's index.</param>
/// <param name="Size">The input size in pixels.</param>
/// <param name="InferenceMs">Milliseconds in ONNX Runtime.</param>
/// <param name="Objects">Objects found.</param>
/// <param name="At">When, a timestamp of the pipeline's clock.</param>
internal readonly record struct FrameFigures(
    int Camera,
    int Size,
    float InferenceMs,
    int Objects,
    long At
);
