using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>Makes figures over a sliding window of what <see cref="LoadMeter"/> and the cameras count. Not thread-safe.</summary>
/// <param name="cameras">The cameras' ids.</param>
/// <param name="decoded">Frames that a camera, by index, has delivered since the start.</param>
/// <param name="meter">Counts the inferred ones.</param>
/// <param name="window">How long the window is, once the profile has run for so long.</param>
/// <param name="time">The pipeline's clock.</param>
internal sealed class LoadSampler(
    IReadOnlyList<string> cameras,
    Func<int, long> decoded,
    LoadMeter meter,
    TimeSpan window,
    TimeProvider time
)
{
    // More would make the window's end more exact and take more memory.
    private const int ReadingsPerWindow = 8;

    private readonly Queue<Reading> _readings = [];
    private Reading? _newest;
    private ProfileAssignment? _assignment;

    /// <summary>The profile whose frames are measured; null before the first.</summary>
    public Profile? Profile => meter.Figures.Profile;

    /// <summary>A sampler of the cameras of a pipeline.</summary>
    public static LoadSampler Of(
        VideoPipeline pipeline,
        LoadMeter meter,
        TimeSpan window,
        TimeProvider time
    ) =>
        new(
            [.. pipeline.Statistics.Select(camera => camera.Id)],
            camera => pipeline.Statistics[camera].Delivered,
            meter,
            window,
            time
        );

    /// <summary>Begins a new window if the profile or the assignment is another one.</summary>
    /// <param name="profile">Whose frames are measured.</param>
    /// <param name="assignment">Says which cameras are on <c>auto</c>.</param>
    public void Follow(Profile profile, ProfileAssignment assignment)
    {
        if (profile == Profile && ReferenceEquals(assignment, _assignment))
        {
            return;
        }

        meter.Restart(profile);
        _assignment = assignment;
        _readings.Clear();
        Keep(Read());
    }

    /// <summary>Fills in the figures of the window that ends now. <see cref="Follow"/> must have been called.</summary>
    public AdaptiveSample Measure(AdaptiveSample sample)
    {
        Reading now = Read();
        while (_readings.Count > 1 && Age(_readings.ElementAt(1), now) >= window)
        {
            _readings.Dequeue();
        }

        Reading then = _readings.Peek();
        if (Age(_newest!, now) >= window / ReadingsPerWindow)
        {
            Keep(now);
        }

        TimeSpan length = Age(then, now);
        if (length <= TimeSpan.Zero)
        {
            return sample;
        }

        bool[] isAuto = [.. _assignment!.Cameras.Select(profile => profile is null)];
        double seconds = length.TotalSeconds;
        long frames = 0;
        long occupied = 0;
        long others = 0;
        List<CameraLoad> loads = [];
        for (int camera = 0; camera < cameras.Count; camera++)
        {
            if (!isAuto[camera])
            {
                others += now.OccupiedByAll[camera] - then.OccupiedByAll[camera];
                continue;
            }

            long inferred = now.Frames[camera] - then.Frames[camera];
            frames += inferred;
            occupied += now.Occupied[camera] - then.Occupied[camera];
            loads.Add(
                new CameraLoad(
                    cameras[camera],
                    (now.Decoded[camera] - then.Decoded[camera]) / seconds,
                    inferred / seconds,
                    P95(then.Latencies[camera], now.Latencies[camera])
                )
            );
        }

        return sample with
        {
            Window = length,
            FrameMs = frames == 0 ? null : Span(occupied).TotalMilliseconds / frames,
            OtherBusy = Span(others) / length,
            Cameras = loads,
        };
    }

    // Never the slowest alone, so that one hiccup in a slow camera's few frames is none.
    private static double P95(int[] then, int[] now)
    {
        int total = now.Sum() - then.Sum();
        int rank = Math.Max(1, (int)(0.95 * total));
        for (int bucket = 0; bucket < now.Length && total > 0; bucket++)
        {
            rank -= now[bucket] - then[bucket];
            if (rank <= 0)
            {
                return LatencyBuckets.Middle(bucket);
            }
        }

        return 0;
    }

    private TimeSpan Age(Reading reading, Reading now) => time.GetElapsedTime(reading.At, now.At);

    private TimeSpan Span(long ticks) => time.GetElapsedTime(0, ticks);

    private void Keep(Reading reading)
    {
        _readings.Enqueue(reading);
        _newest = reading;
    }

    private Reading Read()
    {
        ProfileFigures figures = meter.Figures;
        int[] all = [.. Enumerable.Range(0, cameras.Count)];
        return new Reading(
            time.GetTimestamp(),
            [.. all.Select(decoded)],
            [.. all.Select(figures.Frames)],
            [.. all.Select(figures.Occupied)],
            [.. all.Select(meter.Occupied)],
            [.. all.Select(figures.Latencies)]
        );
    }

    // The counts at a time, by the index of the camera.
    private sealed record Reading(
        long At,
        long[] Decoded,
        long[] Frames,
        long[] Occupied,
        long[] OccupiedByAll,
        int[][] Latencies
    );
}
