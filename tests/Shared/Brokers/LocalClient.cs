using MQTTnet;

namespace AsffEdge.Tests.Brokers;

/// <summary>How a test's own client comes to a broker on this machine.</summary>
internal static class LocalClient
{
    // MQTTnet asks for 8 KiB, which is a window of a few messages: behind it, a sender that sends many has to wait 40 ms and more for each few of
    // them, for minutes. What a test sees late is then the test's own doing.
    private const int BufferBytes = 1 << 20;

    /// <summary>Options with the broker's address.</summary>
    /// <param name="port">Where it listens.</param>
    public static MqttClientOptionsBuilder At(int port) =>
        new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", port)
            .WithTcpServer(options => options.BufferSize = BufferBytes);
}
