using AsffEdge.Fleet.Output;
using Spectre.Console;

namespace AsffEdge.Fleet.Simulation;

/// <summary>Shows how a simulation is: one line that changes on a terminal, else a line when something has changed, or JSON.</summary>
internal static class SimulationDisplay
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Shows it until <paramref name="ct"/> is cancelled.</summary>
    public static Task ShowAsync(
        SimulatedFleet fleet,
        bool asJson,
        TimeProvider time,
        CancellationToken ct
    )
    {
        if (asJson)
        {
            return EachAsync(
                fleet,
                status =>
                    FleetJson.WriteLine(Console.Out, status, FleetJson.Default.SimulationStatus),
                time,
                ct
            );
        }

        if (!FleetConsole.IsLive)
        {
            SimulationStatus? shown = null;
            return EachAsync(
                fleet,
                status =>
                {
                    if (shown is null || HasChanged(shown, status))
                    {
                        Console.Out.WriteLine(status.Describe());
                        shown = status;
                    }
                },
                time,
                ct
            );
        }

        return AnsiConsole
            .Live(new Text(""))
            .AutoClear(true)
            .StartAsync(live =>
                EachAsync(
                    fleet,
                    status => live.UpdateTarget(new Text(status.Describe()).Ellipsis()),
                    time,
                    ct
                )
            );
    }

    private static bool HasChanged(SimulationStatus before, SimulationStatus now) =>
        before.Count with { Sent = 0, Received = 0 } != now.Count with { Sent = 0, Received = 0 };

    private static async Task EachAsync(
        SimulatedFleet fleet,
        Action<SimulationStatus> show,
        TimeProvider time,
        CancellationToken ct
    )
    {
        SimulationStatus? last = null;
        while (!ct.IsCancellationRequested)
        {
            last = SimulationStatus.Now(fleet.Count(), last, time);
            show(last);
            await Task.Delay(Every, time, ct)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
