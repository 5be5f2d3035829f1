using System.Globalization;
using System.Text.Json.Serialization;

namespace AsffEdge.Fleet.Simulation;

/// <summary>How a simulation is, at one moment.</summary>
/// <param name="Ts">When, UTC.</param>
/// <param name="Count">How the agents are.</param>
/// <param name="SentPerS">Messages published a second, lately.</param>
/// <param name="ReceivedPerS">Messages received a second, lately.</param>
/// <param name="MemoryMb">Resident memory of this process in MiB.</param>
internal sealed record SimulationStatus(
    DateTime Ts,
    FleetCount Count,
    double SentPerS,
    double ReceivedPerS,
    double MemoryMb
)
{
    /// <summary>Whether every agent has been connected once.</summary>
    [JsonIgnore]
    public bool IsComplete => Count.Started == Count.Agents;

    /// <summary>The status now, with rates since <paramref name="before"/>.</summary>
    public static SimulationStatus Now(
        FleetCount count,
        SimulationStatus? before,
        TimeProvider time
    )
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        double seconds = before is null ? 0 : (now - before.Ts).TotalSeconds;
        return new SimulationStatus(
            now,
            count,
            Rate(count.Sent - (before?.Count.Sent ?? 0)),
            Rate(count.Received - (before?.Count.Received ?? 0)),
            Math.Round(Environment.WorkingSet / 1024.0 / 1024, 1)
        );

        double Rate(long messages) => seconds > 0 ? Math.Round(messages / seconds, 1) : 0;
    }

    /// <summary>One line for people; what no agent is is left out.</summary>
    public string Describe()
    {
        string agents = IsComplete
            ? $"{Count.Connected} of {Count.Agents} connected"
                + Some(Count.Applied, "applied")
                + Some(Count.Pending, "pending")
                + Some(Count.Refused, "refused")
                + Some(Count.RolledBack, "rolled back")
            : $"connecting: {Count.Started} of {Count.Agents}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{agents} · {SentPerS:F0} messages/s out, {ReceivedPerS:F0} in"
        );

        static string Some(int agents, string what) => agents > 0 ? $" · {agents} {what}" : "";
    }
}
