using System.Globalization;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>Judges by <see cref="ProgressWatch"/> and <see cref="ThreadPoolProbe"/> whether the agent does its work: for the watchdog, and for whoever asks how the agent is. Thread-safe.</summary>
internal sealed class AgentProgress(
    VideoPipeline pipeline,
    ProfileSelection selection,
    TimeProvider time
)
{
    private const double InferencesOfDeadline = 20;
    private static readonly TimeSpan LeastDeadline = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly ProgressWatch _watch = new(time);
    private readonly ThreadPoolProbe _pool = new(time);

    /// <summary>How long an inference, or the wait for one, may take: twenty usual ones, or three of the rarest frames, and at least 10 s.</summary>
    public TimeSpan Deadline
    {
        get
        {
            double slowestMs = pipeline.Statistics.Max(camera => camera.Inference.P50);
            double rarestS = selection.Current.Profiles.Max(profile =>
                profile.MaxFps is { } fps ? 1 / fps : 0
            );
            double seconds = Math.Max(slowestMs / 1000 * InferencesOfDeadline, 3 * rarestS);
            return seconds > LeastDeadline.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : LeastDeadline;
        }
    }

    /// <summary>Judges.</summary>
    /// <returns>What is wrong; null: nothing.</returns>
    public Degradation? Judge()
    {
        TimeSpan running = pipeline.InferenceRunningFor;
        TimeSpan warming = pipeline.WarmingFor;
        TimeSpan deadline = Deadline;
        HealthCode? fault;
        Degradation? held;
        lock (_lock)
        {
            held = _pool.Judge();
            fault = _watch.Judge(
                pipeline.InferredFrames,
                pipeline.Statistics.Sum(camera => camera.Delivered),
                running,
                warming,
                deadline
            );
        }

        return fault switch
        {
            null => held,
            HealthCode.InferenceOverdue => new Degradation(
                HealthCode.InferenceOverdue,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"an inference has been running for {running.TotalSeconds:F0} s; it may take {deadline.TotalSeconds:F0} s"
                )
            ),
            { } code when warming > TimeSpan.Zero => new Degradation(
                code,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"an input size has been being warmed for {warming.TotalMinutes:F0} min; it may take {ProgressWatch.LongestWarmUp.TotalMinutes:F0} min"
                )
            ),
            { } code => new Degradation(
                code,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"frames come, but none has been inferred for more than {deadline.TotalSeconds:F0} s"
                )
            ),
        };
    }
}
