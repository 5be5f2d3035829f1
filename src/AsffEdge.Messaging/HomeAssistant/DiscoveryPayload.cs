namespace AsffEdge.Messaging.HomeAssistant;

/// <summary>
/// What Home Assistant reads to show an agent: payload of <c>homeassistant/device/{agent}/config</c>, retained. Names and meaning of the
/// keys are those of its MQTT integration.
/// </summary>
public sealed record DiscoveryPayload
{
    /// <summary>The agent.</summary>
    public required DiscoveryDevice Device { get; init; }

    /// <summary>Who writes this, for Home Assistant's log.</summary>
    public required DiscoveryOrigin Origin { get; init; }

    /// <summary>What it shows and offers, by ids that stay the same as long as the thing does.</summary>
    public required IReadOnlyDictionary<string, DiscoveryComponent> Components { get; init; }
}

/// <summary>The device in <see cref="DiscoveryPayload"/>.</summary>
public sealed record DiscoveryDevice(
    IReadOnlyList<string> Identifiers,
    string Name,
    string Manufacturer,
    string Model,
    string SwVersion
);

/// <summary>The writer in <see cref="DiscoveryPayload"/>.</summary>
public sealed record DiscoveryOrigin(string Name, string SwVersion);

/// <summary>One entity in <see cref="DiscoveryPayload"/>; with nothing but its platform it tells Home Assistant to forget it.</summary>
public sealed record DiscoveryComponent
{
    /// <summary>Which kind of entity: <c>select</c>, <c>sensor</c>…</summary>
    public required string Platform { get; init; }

    /// <summary>Unique in the whole Home Assistant.</summary>
    public string? UniqueId { get; init; }

    /// <summary>Its name for people.</summary>
    public string? Name { get; init; }

    /// <summary><c>diagnostic</c> or <c>config</c>; null: one of the main ones.</summary>
    public string? EntityCategory { get; init; }

    /// <summary>False: known, but switched off until somebody wants it; null: true.</summary>
    public bool? EnabledByDefault { get; init; }

    /// <summary>What is measured or done, which gives unit and icon.</summary>
    public string? DeviceClass { get; init; }

    /// <summary>An icon of Material Design.</summary>
    public string? Icon { get; init; }

    /// <summary>Where to see whether the entity's figures can be trusted.</summary>
    public string? AvailabilityTopic { get; init; }

    /// <summary>Makes <c>online</c> or <c>offline</c> of what comes there.</summary>
    public string? AvailabilityTemplate { get; init; }

    /// <summary>Where its state comes from.</summary>
    public string? StateTopic { get; init; }

    /// <summary>Makes the state of what comes there.</summary>
    public string? ValueTemplate { get; init; }

    /// <summary>Where the attributes beside its state come from.</summary>
    public string? JsonAttributesTopic { get; init; }

    /// <summary>Makes an object of them of what comes there.</summary>
    public string? JsonAttributesTemplate { get; init; }

    /// <summary>Sensors: how the value develops.</summary>
    public string? StateClass { get; init; }

    /// <summary>Sensors: its unit.</summary>
    public string? UnitOfMeasurement { get; init; }

    /// <summary>Sensors: digits after the point.</summary>
    public int? SuggestedDisplayPrecision { get; init; }

    /// <summary>Where its commands go.</summary>
    public string? CommandTopic { get; init; }

    /// <summary>Makes the command of what was chosen.</summary>
    public string? CommandTemplate { get; init; }

    /// <summary>Buttons: the command.</summary>
    public string? PayloadPress { get; init; }

    /// <summary>Selects: what can be chosen.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>Images: where the bytes come from.</summary>
    public string? ImageTopic { get; init; }

    /// <summary>Images: what the bytes are.</summary>
    public string? ContentType { get; init; }

    /// <summary>Quality of service of its subscriptions and commands; null: 0.</summary>
    public int? Qos { get; init; }
}
