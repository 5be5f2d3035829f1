using System.Globalization;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Simulation;

/// <summary>
/// What an agent has instead of cameras and a model: it takes its time to prepare a size, and infers frames at a rate that falls with the
/// square of the size, as a detector's does.
/// </summary>
internal sealed class SimulatedPipeline(AgentPlan plan, int cameras, TimeProvider time)
    : IAutoProfile,
        IDevice
{
    private const double MsPerSquarePixel = 40.0 / (416 * 416);
    private const double CameraFps = 10;
    private const double StrugglingFps = 0.2;

    /// <summary>The profiles every simulated agent has, as the agent's configuration is delivered with.</summary>
    public static IReadOnlyDictionary<string, Profile> Profiles { get; } =
        new[] { ("fast", 320), ("balanced", 416), ("accurate", 608), ("max", 800) }.ToDictionary(
            entry => entry.Item1,
            entry => new Profile(entry.Item1, entry.Item2, 0.4f, 0.6f, null),
            StringComparer.Ordinal
        );

    private static readonly Profile Local = Profiles["balanced"];
    private static readonly ModelLimits Model = new(
        size => size is >= 320 and <= 800 && size % 32 == 0,
        "multiples of 32 from 320 to 800",
        0.4f,
        0.6f
    );

    private readonly double[] _inferred = new double[cameras];
    private readonly double[] _delivered = new double[cameras];
    private readonly long[] _counted = [.. Enumerable.Repeat(time.GetTimestamp(), cameras)];

    /// <summary>What every camera runs.</summary>
    public ProfileSelection Selection { get; set; } =
        new([.. Enumerable.Repeat(Local, cameras)], 0);

    /// <summary>The ids of the cameras.</summary>
    public static IReadOnlyList<string> CameraIds(int cameras) =>
        [
            .. Enumerable
                .Range(1, cameras)
                .Select(number => string.Create(CultureInfo.InvariantCulture, $"camera-{number}")),
        ];

    /// <summary>The profiles and cameras of an agent with <paramref name="cameras"/> cameras; agents may share it.</summary>
    public static ProfileBook Book(int cameras) =>
        new(Profiles, [.. CameraIds(cameras).Select(camera => (camera, Local))], Model);

    /// <inheritdoc/>
    public async Task WarmAsync(int size)
    {
        await Task.Delay(plan.WarmsIn, time).ConfigureAwait(false);
        if (plan.Fault == AgentFault.NoMemory && size != Local.Size)
        {
            throw new DocumentRejectedException(
                ResultCode.OutOfMemory,
                $"size {size} cannot be run here: this agent simulates one without the memory for it"
            );
        }
    }

    /// <inheritdoc/>
    public CameraPerformance Performance(int camera) =>
        PerformanceAt(Selection.Current.Profiles[camera].Size);

    /// <inheritdoc/>
    public CameraCounts Counts(int camera)
    {
        lock (_counted)
        {
            // At the rate of now since the last time: the watch of a change counts once it is in force, and then until it has settled.
            long now = time.GetTimestamp();
            double seconds = time.GetElapsedTime(_counted[camera], now).TotalSeconds;
            _counted[camera] = now;
            _delivered[camera] += CameraFps * seconds;
            _inferred[camera] += Performance(camera).Fps!.Value * seconds;
            return new CameraCounts((long)_delivered[camera], (long)_inferred[camera]);
        }
    }

    /// <inheritdoc/>
    public double? MemoryMb() => null;

    /// <inheritdoc/>
    public AutoChoice Choose(IReadOnlyDictionary<string, Profile> profiles)
    {
        Profile[] bySize = [.. profiles.Values.OrderByDescending(profile => profile.Size)];
        Profile? held = bySize.FirstOrDefault(profile =>
            PerformanceAt(profile.Size).Fps >= CameraFps
        );
        return held is null
            ? new AutoChoice(bySize[^1], "no size holds the rate of the cameras")
            : new AutoChoice(held, "the largest size that holds the rate of the cameras");
    }

    private CameraPerformance PerformanceAt(int size)
    {
        double inferenceMs = MsPerSquarePixel * size * size;
        double fps =
            plan.Fault == AgentFault.TooSlow && size != Local.Size
                ? StrugglingFps
                : Math.Min(CameraFps, 1000 / (inferenceMs * cameras));
        return new CameraPerformance(Math.Round(fps, 1), Math.Round(inferenceMs, 1));
    }
}
