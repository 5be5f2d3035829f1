namespace AsffEdge.Tests.Brokers;

/// <summary>What a <see cref="FaultBroker"/> does on its connections. The defaults are those of a broker that works.</summary>
internal sealed record BrokerScript
{
    /// <summary>Answers nothing, from the beginning.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The reason code, or with MQTT 3.1.1 the return code, of CONNACK.</summary>
    public byte ConnectCode { get; init; }

    /// <summary>Properties of CONNACK (MQTT 5), without their length.</summary>
    public byte[] ConnectProperties { get; init; } = [];

    /// <summary>Sent instead of CONNACK.</summary>
    public byte[]? InsteadOfConnAck { get; init; }

    /// <summary>Sent after CONNACK, before anything else.</summary>
    public byte[] AfterConnAck { get; init; } = [];

    /// <summary>Milliseconds between two bytes of CONNACK.</summary>
    public int TrickleMs { get; init; }

    /// <summary>Ends the connection when a subscription comes.</summary>
    public bool ClosesAtSubscribe { get; init; }

    /// <summary>Ends it by a reset.</summary>
    public bool Resets { get; init; }

    /// <summary>Never answers a subscription.</summary>
    public bool IgnoresSubscribe { get; init; }

    /// <summary>Sent instead of SUBACK.</summary>
    public byte[]? InsteadOfSubAck { get; init; }

    /// <summary>The reason codes of SUBACK; null: what was asked for is granted.</summary>
    public byte? SubscribeCode { get; init; }

    /// <summary>What PUBACK says of a message; null: no PUBACK.</summary>
    public Func<ReceivedMessage, byte?> Acknowledge { get; init; } = _ => 0;

    /// <summary>What is added to the packet identifier in PUBACK.</summary>
    public int IdentifierShift { get; init; }

    /// <summary>How long PUBACK takes.</summary>
    public TimeSpan AcknowledgeAfter { get; init; }

    /// <summary>Whether PINGREQ is answered.</summary>
    public bool AnswersPing { get; init; } = true;
}
