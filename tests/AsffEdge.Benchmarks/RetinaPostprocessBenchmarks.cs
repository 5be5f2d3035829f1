using System.Numerics.Tensors;
using AsffEdge.Detection;
using BenchmarkDotNet.Attributes;

namespace AsffEdge.Benchmarks;

/// <summary>
/// RetinaNet's decoding and suppression of a crowded frame at 800 with 80 classes, beside the mere addition of all values, which is what
/// reading them from memory costs. Budget: 1 ms, 0 bytes.
/// </summary>
[MemoryDiagnoser]
public class RetinaPostprocessBenchmarks
{
    private const float ScoreThreshold = 0.5f;
    private const float NmsThreshold = 0.5f;

    private readonly CrowdedRetinaFrame _frame = new();
    private readonly Postprocessor _postprocessor = new(threads: 0);
    private readonly Postprocessor _alone = new(threads: 1);
    private readonly DetectedObject[] _results = new DetectedObject[300];
    private Func<int, ReadOnlySpan<float>> _map = _ => [];

    /// <summary>Checks that every object of the frame is found.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _map = level => _frame.Heads[level];
        int found = DecodeAndSuppress();
        if (found is < 50 or > 300)
        {
            throw new InvalidOperationException($"{found} objects are left of 300 candidates");
        }
    }

    /// <summary>Every value of the maps, once.</summary>
    [Benchmark(Baseline = true)]
    public float Read()
    {
        float sum = 0;
        foreach (float[] head in _frame.Heads)
        {
            sum += TensorPrimitives.Sum(head);
        }

        return sum;
    }

    /// <summary>What the detector does with a thread a core.</summary>
    [Benchmark]
    public int DecodeAndSuppress() => Run(_postprocessor);

    /// <summary>What the detector does with one thread.</summary>
    [Benchmark]
    public int DecodeAndSuppressAlone() => Run(_alone);

    private int Run(Postprocessor postprocessor) =>
        postprocessor.Run(_frame.Shapes, _map, ScoreThreshold, NmsThreshold, _results);
}
