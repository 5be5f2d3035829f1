namespace AsffEdge.Fleet.Simulation;

/// <summary>Which agents to simulate.</summary>
internal sealed record SimulationOptions
{
    /// <summary>How many.</summary>
    public required int Agents { get; init; }

    /// <summary>What their ids start with; a <c>-</c> and a number follow.</summary>
    public string Prefix { get; init; } = "sim";

    /// <summary>The groups; the agents belong to one each, in turn.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Cameras of each.</summary>
    public int Cameras { get; init; } = 2;

    /// <summary>Share of them that can run no size but the one they start with, 0..1.</summary>
    public double FailRate { get; init; }

    /// <summary>Share of them that are away, 0..1.</summary>
    public double OfflineRate { get; init; }

    /// <summary>How long they take to prepare a new size, on average.</summary>
    public TimeSpan SettleDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Seconds between two health messages of one.</summary>
    public int HealthIntervalS { get; init; } = 15;

    /// <summary>Decides which of them fail, are away and are slow: the same seed, the same agents.</summary>
    public int Seed { get; init; } = 1;
}
