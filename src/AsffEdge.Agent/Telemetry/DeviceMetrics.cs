using System.Diagnostics.Metrics;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Telemetry;

/// <summary>What is told of the agent as a whole, its inference, its profiles and its machine. Memory and garbage collection are .NET's own metrics.</summary>
internal static class DeviceMetrics
{
    /// <summary>Adds what the agent is.</summary>
    /// <param name="meter">Takes it.</param>
    /// <param name="model">The model in use, asked for every time.</param>
    /// <param name="info">What the agent is otherwise.</param>
    public static void AddInfo(AgentMeter meter, Func<FrameModel> model, InfoMessage info)
    {
        meter.Gauge(
            "asff_edge.start_time",
            "s",
            "When the process was started, in seconds since 1970",
            () => (info.Started - DateTime.UnixEpoch).TotalSeconds
        );
        meter.Gauge(
            "asff_edge.build_info",
            null,
            "Always 1; its labels say what runs",
            () =>
            {
                FrameModel current = model();
                return
                [
                    new Measurement<double>(
                        1,
                        new("version", info.Version),
                        new("provider", current.Provider),
                        new("model", current.Name),
                        new("model_version", current.Version)
                    ),
                ];
            }
        );
    }

    /// <summary>Adds how it is.</summary>
    public static void AddHealth(AgentMeter meter, HealthMonitor health)
    {
        string[] states = [.. Enum.GetValues<HealthState>().Select(ContractName.Of)];
        HealthCode[] codes = Enum.GetValues<HealthCode>();
        meter.Gauge(
            "asff_edge.health.state",
            null,
            "1 for how the agent is as a whole",
            () => AgentMeter.OneOf("state", states, ContractName.Of(health.Assess().State))
        );
        meter.Gauge(
            "asff_edge.health.reasons",
            "{reason}",
            "How many things are not as they should be, by code",
            () =>
            {
                ILookup<HealthCode, HealthReason> standing = health
                    .Assess()
                    .Reasons.ToLookup(reason => reason.Code);
                return codes.Select(code => new Measurement<double>(
                    standing[code].Count(),
                    new KeyValuePair<string, object?>("code", ContractName.Of(code))
                ));
            }
        );
    }

    /// <summary>Adds what inference does.</summary>
    public static void AddInference(
        AgentMeter meter,
        VideoPipeline pipeline,
        AgentProgress progress
    )
    {
        meter.Gauge(
            "asff_edge.inference.running",
            "s",
            "How long the inference that runs now has been running; 0: none does",
            () => pipeline.InferenceRunningFor.TotalSeconds
        );
        meter.Gauge(
            "asff_edge.inference.deadline",
            "s",
            "How long an inference may run until the agent counts as stuck",
            () => progress.Deadline.TotalSeconds
        );
    }

    /// <summary>Adds what becomes of profiles.</summary>
    public static void AddProfiles(AgentMeter meter, AutoProfile auto, ProfileFaults profiles)
    {
        meter.Counter(
            "asff_edge.auto.decisions",
            "{decision}",
            "Decisions of the profile auto, by the code of their reason",
            () =>
                auto.Decisions.Counts.Select(decided => new Measurement<long>(
                    decided.Count,
                    new KeyValuePair<string, object?>("code", decided.Name)
                ))
        );
        meter.Counter(
            "asff_edge.profile.rollbacks",
            "{document}",
            "Documents that were rolled back",
            () => profiles.Rollbacks
        );
    }

    /// <summary>Adds how the machine is.</summary>
    public static void AddMachine(AgentMeter meter, SystemMeter system, string stateDirectory)
    {
        meter.Gauge(
            "asff_edge.temperature",
            "Cel",
            "The hottest thermal zone; not there without a sensor",
            system.TemperatureC
        );
        meter.Gauge(
            "asff_edge.disk.free",
            "By",
            "Free space of the state directory's file system",
            () => SystemMeter.DiskFreeMb(stateDirectory) * (1 << 20)
        );
    }
}
