using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>
/// Says how the agent is: asks everything that can tell, and remembers since when each thing has been wrong. What it says is the same in
/// <c>/healthz</c>, in the health message and in the metrics. Thread-safe.
/// </summary>
/// <param name="sources">What can tell, each asked at every assessment.</param>
/// <param name="time">The clock.</param>
internal sealed class HealthMonitor(
    IReadOnlyList<Func<IEnumerable<Degradation>>> sources,
    TimeProvider time
)
{
    private readonly Lock _lock = new();
    private Dictionary<(HealthCode, string?), DateTime> _since = [];

    /// <summary>How the agent is now.</summary>
    public HealthAssessment Assess()
    {
        lock (_lock)
        {
            DateTime now = time.GetUtcNow().UtcDateTime;
            Dictionary<(HealthCode, string?), DateTime> since = [];
            List<HealthReason> reasons = [];
            foreach (
                Degradation found in sources
                    .SelectMany(source => source())
                    .OrderBy(found => found.Code)
                    .ThenBy(found => found.Camera, StringComparer.Ordinal)
            )
            {
                (HealthCode, string?) key = (found.Code, found.Camera);
                if (since.TryAdd(key, _since.GetValueOrDefault(key, now)))
                {
                    reasons.Add(
                        new HealthReason(
                            found.Code,
                            found.Detail,
                            HealthAdvice.For(found.Code),
                            since[key]
                        )
                        {
                            Camera = found.Camera,
                        }
                    );
                }
            }

            _since = since;
            return new HealthAssessment(reasons);
        }
    }
}
