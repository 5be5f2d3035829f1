namespace AsffEdge.Tests.Brokers;

/// <summary>
/// A Mosquitto whose port speaks WebSockets, and a second one plain MQTT: for who looks on, and because version 2.0.11 does not start
/// with WebSockets alone.
/// </summary>
internal sealed class WebSocketMosquitto : Mosquitto
{
    public int PlainPort { get; } = FreePort();

    protected override IReadOnlyList<int> Ports => [Port, PlainPort];

    protected override string Configure() =>
        $"{base.Configure()}protocol websockets\nlistener {PlainPort} 127.0.0.1\n";
}
