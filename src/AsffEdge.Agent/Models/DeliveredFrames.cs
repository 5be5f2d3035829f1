using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Models;

/// <summary>What the cameras had delivered and the model had inferred at a moment.</summary>
/// <param name="At">The moment, a timestamp of the clock.</param>
/// <param name="Cameras">By camera.</param>
internal sealed record DeliveredFrames(
    long At,
    IReadOnlyList<(long Delivered, long Inferred)> Cameras
)
{
    /// <summary>How it is now.</summary>
    public static DeliveredFrames Now(VideoPipeline pipeline, TimeProvider time) =>
        new(
            time.GetTimestamp(),
            [.. pipeline.Statistics.Select(camera => (camera.Delivered, camera.Inferred))]
        );

    /// <summary>Frames inferred since an earlier moment.</summary>
    public long InferredSince(DeliveredFrames earlier) =>
        Cameras.Zip(earlier.Cameras, (now, then) => now.Inferred - then.Inferred).Sum();

    /// <summary>Frames delivered since an earlier moment.</summary>
    public long DeliveredSince(DeliveredFrames earlier) =>
        Cameras.Zip(earlier.Cameras, (now, then) => now.Delivered - then.Delivered).Sum();

    /// <summary>Frames that were to be inferred since an earlier moment: those that were delivered, but no more than the profiles want.</summary>
    public double WantedSince(
        DeliveredFrames earlier,
        IReadOnlyList<Profile> profiles,
        TimeProvider time
    )
    {
        double seconds = time.GetElapsedTime(earlier.At, At).TotalSeconds;
        double wanted = 0;
        for (int camera = 0; camera < Cameras.Count; camera++)
        {
            wanted += Math.Min(
                Cameras[camera].Delivered - earlier.Cameras[camera].Delivered,
                (profiles[camera].MaxFps ?? double.PositiveInfinity) * seconds
            );
        }

        return wanted;
    }
}
