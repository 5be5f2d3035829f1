using System.Diagnostics.Metrics;

namespace AsffEdge.Agent.Telemetry;

/// <summary>
/// The meter that all of an agent's metrics belong to, and how they are made: from what the agent counts anyway, read when somebody asks.
/// Labels come from closed sets: the cameras and profiles of the configuration, and codes.
/// </summary>
internal sealed class AgentMeter : IDisposable
{
    /// <summary>Its name.</summary>
    public const string Name = "AsffEdge.Agent";

    /// <summary>The meter.</summary>
    public Meter Meter { get; } = new(Name);

    /// <summary>The label of a camera.</summary>
    public static KeyValuePair<string, object?> Camera(string id) => new("camera", id);

    /// <summary>Adds something that only grows.</summary>
    /// <param name="name">Its name without unit and <c>total</c>.</param>
    /// <param name="unit">Its unit in the notation of UCUM, in braces where it counts things.</param>
    /// <param name="what">What it is, a phrase.</param>
    /// <param name="read">Its values.</param>
    public void Counter(
        string name,
        string unit,
        string what,
        Func<IEnumerable<Measurement<long>>> read
    ) => Meter.CreateObservableCounter(name, read, unit, what);

    /// <summary>Adds something that only grows and has no labels.</summary>
    public void Counter(string name, string unit, string what, Func<long> read) =>
        Meter.CreateObservableCounter(name, read, unit, what);

    /// <summary>Adds something that rises and falls.</summary>
    public void Gauge(
        string name,
        string? unit,
        string what,
        Func<IEnumerable<Measurement<double>>> read
    ) => Meter.CreateObservableGauge(name, read, unit, what);

    /// <summary>Adds something that rises and falls, has no labels, and is not there while it is null.</summary>
    public void Gauge(string name, string? unit, string what, Func<double?> read) =>
        Gauge(name, unit, what, () => read() is { } value ? [new Measurement<double>(value)] : []);

    /// <summary>A value for each of a closed set: 1 for what is, 0 for what is not.</summary>
    public static IEnumerable<Measurement<double>> OneOf(
        string label,
        IEnumerable<string> all,
        string present,
        params KeyValuePair<string, object?>[] more
    ) =>
        all.Select(name => new Measurement<double>(
            name == present ? 1 : 0,
            [.. more, new KeyValuePair<string, object?>(label, name)]
        ));

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();
}
