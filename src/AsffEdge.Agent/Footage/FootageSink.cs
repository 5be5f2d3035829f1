using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Footage;

/// <summary>
/// Chooses frames on the inference thread and copies them for <see cref="FootageWriter"/>; comes after the sink that follows objects. Costs
/// a frame that is not chosen a few comparisons and no allocation.
/// </summary>
internal sealed class FootageSink : IFrameResultSink, IDisposable
{
    private const int MostWaiting = 4;

    private readonly CameraCollector[] _cameras;
    private readonly TimeProvider _time;
    private readonly long _started;
    private bool _isOpen;
    private long _missed;
    private long _chosen;

    /// <param name="configuration">The cameras, and which frames are kept.</param>
    /// <param name="labels">The model's classes.</param>
    /// <param name="maxObjects">Most objects of a frame.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">For the policy of that name.</param>
    public FootageSink(
        AgentConfiguration configuration,
        IReadOnlyList<string> labels,
        int maxObjects,
        TimeProvider time,
        Random? random = null
    )
    {
        FootageOptions options = configuration.Footage;
        random ??= new Random(); // the shared one would make something for this thread in the middle of a frame
        RareClasses rare = new(labels, options.Policies.RareClass.Classes);
        int sharing = Math.Max(1, configuration.Cameras.Count(camera => camera.Enabled));
        _cameras =
        [
            .. configuration.Cameras.Select(_ => new CameraCollector(
                options,
                sharing,
                maxObjects,
                rare,
                random
            )),
        ];
        _time = time;
        _started = time.GetTimestamp();
        Ring = new FootageRing(MostWaiting, maxObjects);
    }

    /// <summary>The frames that were chosen.</summary>
    public FootageRing Ring { get; }

    /// <summary>What decides, by camera in the order of the configuration.</summary>
    public IReadOnlyList<CameraCollector> Cameras => _cameras;

    /// <summary>Whether frames are chosen; not before the writer says so.</summary>
    public bool IsOpen
    {
        get => Volatile.Read(ref _isOpen);
        set => Volatile.Write(ref _isOpen, value);
    }

    /// <summary>Frames that were chosen and not taken because too many waited.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>Frames that were chosen and taken.</summary>
    public long Chosen => Volatile.Read(ref _chosen);

    /// <inheritdoc/>
    public void OnFrame(FrameResult result)
    {
        if (!IsOpen || result.Image is null)
        {
            return;
        }

        CameraCollector camera = _cameras[result.CameraIndex];
        if (camera.Choose(result, _time.GetElapsedTime(_started).TotalSeconds) is not { } policy)
        {
            return;
        }

        CollectRequest? request = policy == FootagePolicy.Command ? camera.Request : null;
        if (Ring.IsFull)
        {
            Volatile.Write(ref _missed, _missed + 1);
            camera.BucketOf(policy).Settle(0);
            request?.Unclaim();
            return;
        }

        Ring.Next.Fill(result, policy, request);
        Ring.Push();
        Volatile.Write(ref _chosen, _chosen + 1);
    }

    /// <inheritdoc/>
    public void Dispose() => Ring.Dispose();
}
