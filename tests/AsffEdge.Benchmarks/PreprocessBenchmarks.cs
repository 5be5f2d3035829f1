using AsffEdge.Detection;
using BenchmarkDotNet.Attributes;
using OpenCvSharp;

namespace AsffEdge.Benchmarks;

/// <summary>
/// A 1080p frame to the network's input at 608, beside OpenCV's resize alone. Budget: 0.5 ms on top of the resize, 0
/// bytes.
/// </summary>
[MemoryDiagnoser]
public class PreprocessBenchmarks : IDisposable
{
    private const int Size = 608;

    private readonly Mat _frame = new(1080, 1920, MatType.CV_8UC3);
    private readonly Mat _resized = new();
    private readonly float[] _planes = new float[3 * Size * Size];
    private readonly Preprocessor _preprocessor = new(
        new()
        {
            Name = "images",
            Mean = [0.485f, 0.456f, 0.406f],
            Std = [0.229f, 0.224f, 0.225f],
        }
    );

    /// <summary>Fills the frames with noise.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Cv2.Randu(_frame, Scalar.All(0), Scalar.All(256));
        OpenCvResize();
    }

    /// <summary>The resize alone.</summary>
    [Benchmark(Baseline = true)]
    public void OpenCvResize() => Cv2.Resize(_frame, _resized, new Size(Size, Size));

    /// <summary>Resize, RGB, normalise, NCHW.</summary>
    [Benchmark]
    public void Preprocess() => _preprocessor.Run(_frame, Size, _planes);

    /// <summary>The same for a frame that comes in the right size.</summary>
    [Benchmark]
    public void Normalise() => _preprocessor.Run(_resized, Size, _planes);

    /// <summary>Frees native memory.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _frame.Dispose();
        _resized.Dispose();
        _preprocessor.Dispose();
        GC.SuppressFinalize(this);
    }
}
