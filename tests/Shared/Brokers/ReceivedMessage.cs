namespace AsffEdge.Tests.Brokers;

/// <summary>A PUBLISH as it came to a <see cref="FaultBroker"/>.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Payload">Its payload.</param>
/// <param name="Qos">Its quality of service.</param>
/// <param name="Retain">Whether it is to be retained.</param>
/// <param name="Bytes">Bytes of the whole packet.</param>
/// <param name="Unacknowledged">How many with an acknowledgement to come there were on the connection, this one included.</param>
internal sealed record ReceivedMessage(
    string Topic,
    byte[] Payload,
    int Qos,
    bool Retain,
    int Bytes,
    int Unacknowledged
);
