using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using OpenCvSharp;

namespace AsffEdge.Detection;

/// <summary>
/// Finds objects in pictures with a model file: one ONNX Runtime session for all input sizes, whose inputs and outputs live in native
/// memory that is made once. Not thread-safe: one for each inference worker, but that <see cref="Prepare"/> may fill one input while the
/// session runs on the other.
/// </summary>
public sealed class Detector : IDisposable
{
    /// <summary>How many inputs there are to prepare: one to run on, one to fill meanwhile.</summary>
    public const int Inputs = 2;

    private readonly ModelFile _model;
    private readonly DetectorOptions _options;
    private readonly Preprocessor _preprocessor;
    private readonly DetectorMemory _memory;
    private readonly RunOptions _run = new();
    private readonly Lock _runLock = new();
    private readonly Postprocessor _postprocessor;
    private readonly Func<int, ReadOnlySpan<float>> _headMap;
    private BoundSize? _last;
    private bool _isDisposed;

    private Detector(ModelFile model, DetectorOptions options)
    {
        _model = model;
        _options = options;
        _preprocessor = new(model.Manifest.Input);
        _postprocessor = new(options.Threads);
        _memory = new(model, Inputs);
        _headMap = HeadMap;
    }

    /// <summary>What the model says about itself.</summary>
    public ModelManifest Manifest => _model.Manifest;

    /// <summary>
    /// The execution provider in use: <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>. Only <c>cpu</c> has been run.
    /// </summary>
    public string Provider => _model.Provider;

    /// <summary>
    /// Providers that were asked for before <see cref="Provider"/> and could not be had, each with the reason.
    /// </summary>
    public IReadOnlyList<string> SkippedProviders => _model.SkippedProviders;

    /// <summary>Most objects that one picture may give.</summary>
    public int MaxDetections => _options.MaxDetections;

    /// <summary>What the model file says of itself.</summary>
    public ModelContent Content => _model.Content;

    /// <summary>SHA-256 of the model file, lower-case hexadecimal.</summary>
    public string Sha256 => _model.Content.Sha256;

    /// <summary>
    /// Whether an inference leaves a core free, so that preparing the next input during it costs nothing. Where the session has every core,
    /// it only delays one of its threads, for which all others then wait.
    /// </summary>
    public bool LeavesCore =>
        Provider != "cpu"
        || (_options.Threads > 0 && _options.Threads < Environment.ProcessorCount);

    /// <summary>Whether this build of ONNX Runtime has a provider (<c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>); not whether there is a device for it.</summary>
    public static bool HasProvider(string name) => ExecutionProvider.IsAvailable(name);

    /// <summary>Opens a model file.</summary>
    /// <param name="modelPath">An ONNX file with a manifest inside.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="require">Throws where the file is not to be used, before anything of it reaches ONNX Runtime; null: any is.</param>
    /// <exception cref="ModelException">The file is missing, empty, no ONNX file, or has no manifest or one that its
    /// graph does not bear out; or no provider can be had.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static Detector Open(
        string modelPath,
        DetectorOptions options,
        Action<ModelContent>? require = null
    )
    {
        options.Check();
        return new(ModelFile.Open(modelPath, options, require), options);
    }

    /// <summary>
    /// Runs one inference at a size, so that later ones at that size are as fast as they get. Allocates.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The model does not take the size; the message names those it
    /// takes.</exception>
    /// <exception cref="ModelException">The graph fails at that size.</exception>
    public void Warm(int size) => Run(size);

    /// <summary>
    /// Finds objects in a picture. Allocates nothing on the managed heap once the size has been warmed.
    /// </summary>
    /// <param name="bgr">A picture of any size, 8 bits, 3 channels, BGR.</param>
    /// <param name="size">Side of the network's input in pixels.</param>
    /// <param name="scoreThreshold">Least objectness × class score, 0..1.</param>
    /// <param name="nmsThreshold">Greatest IoU between two objects of a class, 0..1.</param>
    /// <param name="results">Takes the objects, best first, boxes as fractions 0..1 of the picture, clipped to
    /// it.</param>
    /// <param name="timings">Where the time went.</param>
    /// <returns>How many objects were found: at most <see cref="DetectorOptions.MaxDetections"/> and the room in
    /// <paramref name="results"/>.</returns>
    /// <exception cref="ArgumentException">The picture is empty or of another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The model does not take the size; the message names those it
    /// takes.</exception>
    /// <exception cref="ModelException">The graph fails at that size.</exception>
    public int Detect(
        Mat bgr,
        int size,
        float scoreThreshold,
        float nmsThreshold,
        Span<DetectedObject> results,
        out DetectTimings timings
    )
    {
        double preprocessMs = Prepare(0, bgr, size);
        int count = DetectPrepared(0, size, scoreThreshold, nmsThreshold, results, out timings);
        timings = timings with { PreprocessMs = preprocessMs };
        return count;
    }

    /// <summary>
    /// Fills an input from a picture. May be called by another thread while <see cref="DetectPrepared"/> runs on the other input. Allocates
    /// nothing on the managed heap.
    /// </summary>
    /// <param name="input">Which input, 0 or 1.</param>
    /// <param name="bgr">A picture of any size, 8 bits, 3 channels, BGR.</param>
    /// <param name="size">Side of the network's input in pixels.</param>
    /// <returns>The milliseconds it took.</returns>
    /// <exception cref="ArgumentException">The picture is empty or of another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The model does not take the size; the message names those it
    /// takes.</exception>
    public double Prepare(int input, Mat bgr, int size)
    {
        Span<float> pixels = _memory.Input(input, size);
        long start = Stopwatch.GetTimestamp();
        _preprocessor.Run(bgr, size, pixels);
        return Milliseconds(start, Stopwatch.GetTimestamp());
    }

    /// <summary>
    /// Finds objects in the picture that an input was prepared from. Allocates nothing on the managed heap once the size has been warmed.
    /// </summary>
    /// <param name="input">Which input, 0 or 1.</param>
    /// <param name="size">The side it was prepared with.</param>
    /// <param name="scoreThreshold">Least objectness × class score, 0..1.</param>
    /// <param name="nmsThreshold">Greatest IoU between two objects of a class, 0..1.</param>
    /// <param name="results">Takes the objects, as <see cref="Detect"/> does.</param>
    /// <param name="timings">Where the time went; nothing was preprocessed.</param>
    /// <returns>How many objects were found: at most <see cref="DetectorOptions.MaxDetections"/> and the room in
    /// <paramref name="results"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The model does not take the size; the message names those it
    /// takes.</exception>
    /// <exception cref="ModelException">The graph fails at that size.</exception>
    public int DetectPrepared(
        int input,
        int size,
        float scoreThreshold,
        float nmsThreshold,
        Span<DetectedObject> results,
        out DetectTimings timings
    )
    {
        BoundSize bound = _memory.Bind(size);
        long start = Stopwatch.GetTimestamp();
        Run(bound, input);
        long inferred = Stopwatch.GetTimestamp();
        int count = Decode(scoreThreshold, nmsThreshold, results);
        Postprocessor.ToFractions(results[..count], size);
        timings = new(
            0,
            Milliseconds(start, inferred),
            Milliseconds(inferred, Stopwatch.GetTimestamp())
        );
        return count;
    }

    /// <summary>
    /// Runs the bare session at a size on whatever the input memory holds: what a pipeline's speed is measured
    /// against.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The model does not take the size; the message names those it
    /// takes.</exception>
    /// <exception cref="ModelException">The graph fails at that size.</exception>
    public void Run(int size) => Run(_memory.Bind(size), 0);

    /// <summary>Runs the session on a ready input. The maps are then in <see cref="HeadMap"/>.</summary>
    /// <param name="nchw">[1, 3, size, size], normalised as the manifest says.</param>
    /// <param name="size">Side of the input in pixels.</param>
    /// <exception cref="ArgumentException"><paramref name="nchw"/> has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The model does not take the size; the message names those it
    /// takes.</exception>
    /// <exception cref="ModelException">The graph fails at that size.</exception>
    public void RunTensor(ReadOnlySpan<float> nchw, int size)
    {
        BoundSize bound = _memory.Bind(size);
        if (nchw.Length != bound.InputLength)
        {
            throw new ArgumentException(
                $"holds {nchw.Length} floats; size {size} needs {bound.InputLength}",
                nameof(nchw)
            );
        }

        nchw.CopyTo(_memory.Input(0, size));
        Run(bound, 0);
    }

    /// <summary>The layouts of the maps of the last run, coarsest first; empty before the first.</summary>
    public ReadOnlySpan<HeadShape> HeadShapes => _last is null ? [] : _last.Heads;

    /// <summary>
    /// The raw map that the last run gave at a level, laid out as <see cref="HeadShapes"/> says. Valid until the next
    /// run.
    /// </summary>
    public ReadOnlySpan<float> HeadMap(int level) => _memory.Head(level, HeadShapes[level].Length);

    /// <summary>Decodes the last run's maps: objects best first, boxes in input pixels, unclipped.</summary>
    /// <param name="scoreThreshold">Least objectness × class score, 0..1.</param>
    /// <param name="nmsThreshold">Greatest IoU between two objects of a class, 0..1.</param>
    /// <param name="results">Takes the objects.</param>
    /// <returns>How many: at most <see cref="DetectorOptions.MaxDetections"/> and the room in <paramref
    /// name="results"/>.</returns>
    public int Decode(float scoreThreshold, float nmsThreshold, Span<DetectedObject> results) =>
        _postprocessor.Run(
            HeadShapes,
            _headMap,
            scoreThreshold,
            nmsThreshold,
            results[..Math.Min(results.Length, _options.MaxDetections)]
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        _last = null;
        _memory.Dispose();
        lock (_runLock)
        {
            _isDisposed = true;
            _run.Dispose();
        }

        _model.Dispose();
        _preprocessor.Dispose();
    }

    /// <summary>
    /// Ends the inference that runs now, from any thread: it fails with a <see cref="ModelException"/>, and so does every later one until
    /// <see cref="Resume"/>. ONNX Runtime looks for it between two nodes of the graph, so a node that hangs by itself is not ended.
    /// </summary>
    public void Terminate() => SetTerminate(true);

    /// <summary>Lets inferences run again after <see cref="Terminate"/>.</summary>
    public void Resume() => SetTerminate(false);

    // Whoever watches the inference may do so while its owner is done with it.
    private void SetTerminate(bool value)
    {
        lock (_runLock)
        {
            if (!_isDisposed)
            {
                _run.Terminate = value;
            }
        }
    }

    private void Run(BoundSize bound, int input)
    {
        try
        {
            _model.Session.RunWithBinding(_run, bound.Binding(input));
        }
        catch (OnnxRuntimeException error)
        {
            throw _model.Fault(
                ModelFault.InferenceFailed,
                $"inference at size {bound.Size} failed: {error.Message}",
                error
            );
        }

        _last = bound;
    }

    private static double Milliseconds(long from, long to) =>
        Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
}
