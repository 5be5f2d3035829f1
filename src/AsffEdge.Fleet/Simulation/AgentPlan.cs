using System.Globalization;

namespace AsffEdge.Fleet.Simulation;

/// <summary>What a simulated agent cannot do.</summary>
internal enum AgentFault
{
    /// <summary>It can do everything.</summary>
    None,

    /// <summary>It has no memory for any size but the one it starts with, and refuses others.</summary>
    NoMemory,

    /// <summary>It infers hardly a frame at any size but the one it starts with.</summary>
    TooSlow,
}

/// <summary>One of the agents to simulate.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Groups">The groups it belongs to.</param>
/// <param name="Fault">What it cannot do.</param>
/// <param name="IsAway">Whether it leaves as soon as it has been seen.</param>
/// <param name="WarmsIn">How long it takes to prepare a new size.</param>
internal sealed record AgentPlan(
    string Id,
    IReadOnlyList<string> Groups,
    AgentFault Fault,
    bool IsAway,
    TimeSpan WarmsIn
)
{
    /// <summary>All agents of <paramref name="options"/>, by number. The shares are met exactly, up to rounding.</summary>
    public static AgentPlan[] Make(SimulationOptions options)
    {
        Random random = new(options.Seed);
        int count = options.Agents;
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        int away = Share(options.OfflineRate);
        int failing = Math.Min(Share(options.FailRate), count - away);
        AgentPlan[] plans = new AgentPlan[count];
        for (int place = 0; place < count; place++)
        {
            int number = order[place];
            AgentFault fault =
                place < away || place >= away + failing ? AgentFault.None
                : (place - away) % 2 == 0 ? AgentFault.NoMemory
                : AgentFault.TooSlow;
            plans[number] = new AgentPlan(
                IdOf(options, number),
                options.Groups.Count > 0 ? [options.Groups[number % options.Groups.Count]] : [],
                fault,
                place < away,
                options.SettleDelay * (0.5 + random.NextDouble())
            );
        }

        return plans;

        int Share(double rate) => (int)Math.Round(rate * count, MidpointRounding.AwayFromZero);
    }

    /// <summary>The id of an agent by its number from 0: numbered from 1, all of one length, so that they sort.</summary>
    public static string IdOf(SimulationOptions options, int number)
    {
        int digits = options.Agents.ToString(CultureInfo.InvariantCulture).Length;
        string text = (number + 1).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
        return $"{options.Prefix}-{text}";
    }
}
