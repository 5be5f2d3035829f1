using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.State;
using Spectre.Console;

namespace AsffEdge.Fleet.Commands;

/// <summary>
/// Looks at a fleet again and again, a few times a second at most, however many messages come: what comes and goes between two looks is
/// not seen.
/// </summary>
internal sealed class FleetWatch(
    FleetState state,
    Func<FleetAgent, bool> isWanted,
    TimeProvider time
)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Redraws a picture of the fleet when it or the terminal's size has changed, until <paramref name="ct"/>; leaves the last one behind.</summary>
    public async Task ShowScreenAsync(IAnsiConsole console, TextWriter output, CancellationToken ct)
    {
        IReadOnlyList<FleetAgent> agents = Wanted();
        using (Screen screen = new(console, output))
        {
            (long Version, (int Width, int Height) Size)? shown = null;
            while (!ct.IsCancellationRequested)
            {
                (long Version, (int Width, int Height) Size) seen = (state.Version, screen.Size);
                if (seen != shown)
                {
                    agents = Wanted();
                    screen.Draw(WatchView.Of(agents, seen.Size.Width, seen.Size.Height, Now));
                    shown = seen;
                }

                await PauseAsync(ct).ConfigureAwait(false);
            }
        }

        await output.WriteLineAsync(WatchView.Totals(agents)).ConfigureAwait(false);
    }

    /// <summary>Hands every change to <paramref name="write"/> until that gives false or <paramref name="ct"/> is cancelled.</summary>
    public async Task ShowChangesAsync(Func<AgentChange, bool> write, CancellationToken ct)
    {
        long version = state.Version;
        Dictionary<string, FleetAgent> before = ById();
        while (!ct.IsCancellationRequested)
        {
            await PauseAsync(ct).ConfigureAwait(false);
            if (state.Version == version)
            {
                continue;
            }

            version = state.Version;
            Dictionary<string, FleetAgent> after = ById();
            foreach (AgentChange change in AgentChange.Between(before, after, Now))
            {
                // An agent that leaves what was asked for is told of, and so is one that comes into it.
                bool isAsked =
                    before.GetValueOrDefault(change.Agent) is { } then && isWanted(then)
                    || after.GetValueOrDefault(change.Agent) is { } now && isWanted(now);
                if (isAsked && !write(change))
                {
                    return;
                }
            }

            before = after;
        }
    }

    /// <summary>The agents that were asked for, as they are now.</summary>
    public IReadOnlyList<FleetAgent> Wanted() => [.. state.Agents.Where(isWanted)];

    private Dictionary<string, FleetAgent> ById() =>
        state.Agents.ToDictionary(agent => agent.Id, StringComparer.Ordinal);

    private async Task PauseAsync(CancellationToken ct) =>
        await Task.Delay(Interval, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
