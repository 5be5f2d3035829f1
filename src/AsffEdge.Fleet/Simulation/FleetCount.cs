using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Simulation;

/// <summary>How many of the simulated agents are how far, and what all of them have exchanged with the broker since the start.</summary>
/// <param name="Agents">All of them.</param>
/// <param name="Started">Those that have connected once.</param>
/// <param name="Connected">Connected now.</param>
/// <param name="Applied">Those whose last document is in force and settled, and those that run their own configuration.</param>
/// <param name="Pending">Those that prepare or watch it.</param>
/// <param name="Refused">Those that have refused it.</param>
/// <param name="RolledBack">Those that have gone back from it.</param>
/// <param name="Sent">Messages published.</param>
/// <param name="Received">Messages that came.</param>
internal sealed record FleetCount(
    int Agents,
    int Started,
    int Connected,
    int Applied,
    int Pending,
    int Refused,
    int RolledBack,
    long Sent,
    long Received
)
{
    /// <summary>Counts <paramref name="agents"/>.</summary>
    public static FleetCount Of(IReadOnlyCollection<SimulatedAgent> agents, int started)
    {
        int[] states = new int[Enum.GetValues<ReportedState>().Length];
        int connected = 0;
        long sent = 0;
        long received = 0;
        foreach (SimulatedAgent agent in agents)
        {
            connected += agent.IsConnected ? 1 : 0;
            sent += agent.Traffic.Sent;
            received += agent.Traffic.Received;
            if (agent.State is { } state)
            {
                states[(int)state]++;
            }
        }

        return new FleetCount(
            agents.Count,
            started,
            connected,
            states[(int)ReportedState.Applied],
            states[(int)ReportedState.Pending],
            states[(int)ReportedState.Rejected],
            states[(int)ReportedState.RolledBack],
            sent,
            received
        );
    }
}
