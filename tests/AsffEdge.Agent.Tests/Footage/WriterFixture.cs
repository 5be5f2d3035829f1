using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Footage;

/// <summary>All that collects, fed with frames by hand. The test owns the clock.</summary>
internal sealed class WriterFixture : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogLines _log = new();
    private readonly LoggerFactory _loggers;
    private readonly FrameResult _frame = new(50)
    {
        Model = TestModel.Named,
        Profile = new Profile("fast", 320, 0.5f, 0.6f, null),
        SourceWidth = 320,
        SourceHeight = 240,
    };

    public WriterFixture(FootageOptions options, string? state = null)
    {
        Configuration = new AgentConfiguration
        {
            Agent = new AgentOptions { Id = "gate-07" },
            StateDirectory = state ?? _folder.Path,
            Model = new ModelOptions { Path = "none.onnx" },
            Profile = "fast",
            Cameras = [new CameraOptions { Id = "gate", Source = "none.avi" }],
            Footage = options with { Enabled = true },
        };
        _loggers = new LoggerFactory([_log]);
        Sink = new FootageSink(Configuration, StoreFixture.Model.Labels, 50, Time, new Random(5));
        Writer = new FootageWriter(
            Configuration,
            StoreFixture.Model.Labels,
            Sink,
            Degradations,
            Time,
            _loggers.CreateLogger<FootageWriter>()
        );
    }

    /// <summary>Takes every frame that is a second after the one before.</summary>
    public static FootageOptions EveryFrame { get; } =
        new()
        {
            Policies = new()
            {
                Interval = new() { Share = 1, EveryS = 0.1 },
            },
            Budget = new() { MbPerDay = 1000, MinFreeMb = 0 },
        };

    public AgentConfiguration Configuration { get; }

    public FakeTimeProvider Time { get; } = new(new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));

    public Degradations Degradations { get; } = new();

    public IReadOnlyCollection<string> Log => _log.Lines;

    public FootageSink Sink { get; }

    public FootageWriter Writer { get; }

    public IReadOnlyList<StoredFrame> Frames =>
        [.. FootageDay.All(Writer.Root).SelectMany(day => day.Frames())];

    /// <summary>Starts the writer and waits until frames are taken.</summary>
    public async Task StartAsync()
    {
        await Writer.StartAsync(default);
        await UntilAsync(() => Sink.IsOpen, "the writer opens");
    }

    /// <summary>Shows a frame a second after the one before, and waits until it has been dealt with.</summary>
    public async Task ShowAsync(Mat picture, params DetectedObject[] objects)
    {
        FootageStatus before = Writer.Status;
        Show(picture, objects);
        await UntilAsync(() => Sum(Writer.Status) > Sum(before), "the frame is dealt with");

        static long Sum(FootageStatus status) =>
            status.Kept.Sum() + status.Duplicates + status.Missed;
    }

    /// <summary>Shows a frame a second after the one before.</summary>
    public void Show(Mat picture, params DetectedObject[] objects)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        _frame.TimestampUtc = Time.GetUtcNow().UtcDateTime;
        _frame.Image = picture;
        objects.CopyTo(_frame.Buffer);
        _frame.Count = objects.Length;
        Sink.OnFrame(_frame);
    }

    public static Task UntilAsync(Func<bool> condition, string what) =>
        PipelineFixture.WaitUntilAsync(condition, what);

    /// <summary>A picture that is like no other of another seed.</summary>
    public static Mat Picture(int seed, int width = 320, int height = 240)
    {
        using Mat small = new(12, 16, MatType.CV_8UC3);
        RNG random = new((ulong)seed + 1);
        random.Fill(small, DistributionType.Uniform, new Scalar(0), new Scalar(255));
        return small.Resize(new Size(width, height), interpolation: InterpolationFlags.Cubic);
    }

    public static DetectedObject Object(float left, int classId = 0) =>
        new(new Box(left, 0.4f, left + 0.2f, 0.6f), 1, 0.8f, classId, 0);

    public async ValueTask DisposeAsync()
    {
        await Writer.StopAsync(default);
        Sink.Dispose();
        _loggers.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }
}
