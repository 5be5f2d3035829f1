using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>What is wrong with the profiles: what was rolled back, and what holds <c>auto</c> down. Thread-safe.</summary>
internal sealed class ProfileFaults
{
    private volatile ReportedDocument? _reported;
    private long _rollbacks;

    /// <summary>Documents that were rolled back since the start.</summary>
    public long Rollbacks => Interlocked.Read(ref _rollbacks);

    /// <summary>Takes every document that the agent reports. One caller at a time.</summary>
    public void Note(ReportedDocument reported)
    {
        // What an earlier process has rolled back is still so, but has been counted.
        if (_reported is { } last)
        {
            HashSet<(string, long?)> before = [.. RolledBack(last).Select(Key)];
            Interlocked.Add(
                ref _rollbacks,
                RolledBack(reported).Count(source => !before.Contains(Key(source)))
            );
        }

        _reported = reported;
    }

    /// <summary>What is wrong now.</summary>
    /// <param name="auto">What <c>auto</c> stands for; null: no camera is on it.</param>
    public IEnumerable<Degradation> Find(AutoProfile? auto)
    {
        foreach ((string source, ReportedSource failed) in RolledBack(_reported))
        {
            yield return new Degradation(
                HealthCode.ProfileRolledBack,
                $"the document of '{source}' with rev {failed.Rev ?? failed.RevSeen} was rolled back: {failed.Detail ?? "see 'reported'"}"
            );
        }

        if (auto?.Heat is { } heat)
        {
            yield return new Degradation(HealthCode.TemperatureCeiling, heat);
        }

        if (auto?.State?.Decision is { Code: AdaptiveCode.Exhausted } decision)
        {
            yield return new Degradation(HealthCode.Overloaded, decision.Reason);
        }
    }

    private static IEnumerable<KeyValuePair<string, ReportedSource>> RolledBack(
        ReportedDocument? reported
    ) => reported?.Sources?.Where(source => source.Value.State == ReportedState.RolledBack) ?? [];

    private static (string, long?) Key(KeyValuePair<string, ReportedSource> source) =>
        (source.Key, source.Value.Rev ?? source.Value.RevSeen);
}
