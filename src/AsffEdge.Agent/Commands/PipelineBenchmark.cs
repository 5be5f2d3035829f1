using System.Diagnostics;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Commands;

/// <summary>Measures the pipeline against the bare session of the same detector in one run, and what memory it takes.</summary>
internal sealed class PipelineBenchmark
{
    private static readonly TimeSpan MemoryRun = TimeSpan.FromSeconds(2);
    private const int DecodedForTiming = 60;

    private readonly string _model;
    private readonly DetectorOptions _options;
    private readonly IReadOnlyList<int> _sizes;
    private readonly TimeSpan _half;
    private readonly string _video;
    private readonly int _cameras;

    /// <param name="model">The ONNX file.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="sizes">Network input sizes in pixels.</param>
    /// <param name="seconds">Seconds for each size, half of them for each of the two.</param>
    /// <param name="video">The file that cameras play.</param>
    /// <param name="cameras">Cameras for the memory figures, at least 2.</param>
    public PipelineBenchmark(
        string model,
        DetectorOptions options,
        IReadOnlyList<int> sizes,
        int seconds,
        string video,
        int cameras
    )
    {
        _model = model;
        _options = options;
        _sizes = sizes;
        _half = TimeSpan.FromSeconds(seconds) / 2;
        _video = video;
        _cameras = cameras;
    }

    /// <summary>Measures everything.</summary>
    /// <param name="progress">Told what is being measured.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="FormatException">The model does not take a size; the message names those it takes.</exception>
    /// <exception cref="CameraException">The video cannot be played.</exception>
    public async Task<IBenchmarkReport> RunAsync(Action<string> progress, CancellationToken ct)
    {
        progress("decoding");
        double decodeMs = TimeDecoding();
        double beforeModel = ResidentMegabytes();
        using Detector detector = Detector.Open(_model, _options);
        if (
            _sizes.FirstOrDefault(size => !detector.Manifest.Input.Allows(size))
            is > 0
                and int wrong
        )
        {
            throw new FormatException(
                $"size {wrong}: this model takes {detector.Manifest.Input.DescribeSizes()}"
            );
        }

        foreach (int size in _sizes)
        {
            detector.Warm(size);
        }

        double model = ResidentMegabytes() - beforeModel;
        var figures = new List<SizeFigures>();
        foreach (int size in _sizes)
        {
            progress($"size {size}");
            figures.Add(await MeasureAsync(detector, size, ct).ConfigureAwait(false));
        }

        progress($"{_cameras} cameras");
        return new BenchmarkReport(
            $"{detector.Manifest.Name} {detector.Manifest.Version}",
            detector.Provider,
            _options.Threads,
            Environment.ProcessorCount,
            Path.GetFileName(_video),
            decodeMs,
            figures,
            await MeasureMemoryAsync(detector, beforeModel, model, ct).ConfigureAwait(false)
        );
    }

    private double TimeDecoding()
    {
        using IFrameSource source = FrameSources.Open(Camera(0), int.MaxValue, TimeProvider.System);
        using var frame = new CapturedFrame();
        _ = source.Read(frame);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < DecodedForTiming; i++)
        {
            _ = source.Read(frame);
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / DecodedForTiming;
    }

    private async Task<SizeFigures> MeasureAsync(Detector detector, int size, CancellationToken ct)
    {
        BenchmarkSink sink = new(_half, () => detector.Run(size));
        _ = await RunPipelineAsync(detector, size, 1, sink, () => 0, ct).ConfigureAwait(false);
        double bare = sink.OtherRuns / sink.OtherElapsed.TotalSeconds;
        double pipeline = sink.Frames / sink.Elapsed.TotalSeconds;
        return new SizeFigures(
            size,
            bare,
            pipeline,
            pipeline / bare,
            sink.Stages.Preprocess / sink.Frames,
            sink.Stages.Inference / sink.Frames,
            sink.Stages.Postprocess / sink.Frames,
            (double)sink.Bytes / sink.Frames
        );
    }

    private async Task<MemoryFigures> MeasureMemoryAsync(
        Detector detector,
        double beforeModel,
        double model,
        CancellationToken ct
    )
    {
        int size = _sizes.Min();
        (double one, _) = await MeasureAsync(1).ConfigureAwait(false);
        (double all, double fairness) = await MeasureAsync(_cameras).ConfigureAwait(false);
        return new MemoryFigures(
            beforeModel,
            model,
            all - model,
            (all - one) / (_cameras - 1),
            _cameras,
            fairness
        );

        async Task<(double Megabytes, double Fairness)> MeasureAsync(int cameras)
        {
            double megabytes = 0;
            VideoPipeline pipeline = await RunPipelineAsync(
                    detector,
                    size,
                    cameras,
                    new BenchmarkSink(MemoryRun, null),
                    () => megabytes = ResidentMegabytes(),
                    ct
                )
                .ConfigureAwait(false);
            double[] inferred = [.. pipeline.Statistics.Select(camera => (double)camera.Inferred)];
            return (megabytes, inferred.Min() / inferred.Max());
        }
    }

    private async Task<VideoPipeline> RunPipelineAsync(
        Detector detector,
        int size,
        int cameras,
        BenchmarkSink sink,
        Func<double> atEnd,
        CancellationToken ct
    )
    {
        ModelManifest manifest = detector.Manifest;
        var profile = new Profile(
            "benchmark",
            size,
            manifest.Thresholds.Score,
            manifest.Thresholds.Nms,
            null
        );
        var pipeline = new VideoPipeline(
            [.. Enumerable.Range(0, cameras).Select(Camera)],
            new LoadedModel(detector),
            new ProfileSelection([.. Enumerable.Repeat(profile, cameras)], 0),
            [sink],
            [],
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        await using (pipeline.ConfigureAwait(false))
        {
            await pipeline.StartAsync(ct).ConfigureAwait(false);
            Task first = await Task.WhenAny(sink.Ended, pipeline.Completion)
                .WaitAsync(ct)
                .ConfigureAwait(false);
            await first.ConfigureAwait(false);
            _ = atEnd();
        }

        return pipeline;
    }

    private CameraOptions Camera(int index) =>
        new()
        {
            Id = $"camera-{index}",
            Source = _video,
            Loop = true,
            RealTime = false,
        };

    private static double ResidentMegabytes() => Environment.WorkingSet / 1e6;
}
