using System.Diagnostics.Metrics;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Footage.Upload;

namespace AsffEdge.Agent.Telemetry;

/// <summary>What is told of the frames that are kept to learn from.</summary>
internal static class FootageMetrics
{
    private static readonly string[] Policies =
    [
        .. Enum.GetValues<FootagePolicy>().Select(FootagePolicyName.Of),
    ];

    /// <summary>Adds what is kept, and what is on disk.</summary>
    public static void AddCollecting(AgentMeter meter, Func<FootageStatus> status)
    {
        meter.Counter(
            "asff_edge.footage.kept",
            "{picture}",
            "Pictures kept, by the policy that chose them",
            () => ByPolicy(status().Kept)
        );
        meter.Counter(
            "asff_edge.footage.kept_size",
            "By",
            "Their bytes",
            () => ByPolicy(status().KeptBytes)
        );
        meter.Counter(
            "asff_edge.footage.dropped",
            "{frame}",
            "Frames that were chosen and not kept: like one that is there, or too many at once, no budget, no disk",
            () =>
                [
                    Labelled(status().Duplicates, "reason", "duplicate"),
                    Labelled(status().Missed, "reason", "missed"),
                ]
        );
        meter.Counter(
            "asff_edge.footage.removed",
            "{picture}",
            "Pictures that the budget removed before anybody had fetched them",
            () =>
                [
                    Labelled(status().RemovedForRoom, "limit", "max_mb"),
                    Labelled(status().RemovedForAge, "limit", "max_age_days"),
                ]
        );
        meter.Gauge(
            "asff_edge.footage.pictures",
            "{picture}",
            "Pictures on disk",
            () => status().Pictures
        );
        meter.Gauge("asff_edge.footage.size", "By", "What they take", () => status().Bytes);
    }

    /// <summary>Adds what is sent.</summary>
    public static void AddUpload(AgentMeter meter, Func<UploadStatus> status)
    {
        meter.Counter(
            "asff_edge.footage.upload.packs",
            "{pack}",
            "Packs that the server has confirmed",
            () => status().Packs
        );
        meter.Counter("asff_edge.footage.upload.size", "By", "Their bytes", () => status().Bytes);
        meter.Counter(
            "asff_edge.footage.upload.failures",
            "{try}",
            "Tries to send a pack that failed",
            () => status().Failures
        );
        meter.Gauge(
            "asff_edge.footage.upload.last_success_time",
            "s",
            "When the last pack was confirmed, in seconds since 1970; not there before the first",
            () => (status().LastSuccess - DateTime.UnixEpoch)?.TotalSeconds
        );
    }

    private static IEnumerable<Measurement<long>> ByPolicy(IReadOnlyList<long> values) =>
        Policies.Select((policy, index) => Labelled(values[index], "policy", policy));

    private static Measurement<long> Labelled(long value, string label, string name) =>
        new(value, new KeyValuePair<string, object?>(label, name));
}
