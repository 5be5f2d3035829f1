using System.Buffers.Binary;
using System.Text;

namespace AsffEdge.Tests.Brokers;

/// <summary>A CONNECT as it came to a <see cref="FaultBroker"/>.</summary>
/// <param name="Version">5, or 4 for MQTT 3.1.1.</param>
/// <param name="ClientId">The client's id.</param>
/// <param name="KeepAliveS">Its keep-alive.</param>
/// <param name="WillQos">Quality of service of its will.</param>
/// <param name="WillRetain">Whether its will is to be retained.</param>
/// <param name="WillDelayS">Seconds from the loss of the session to the will; 0 with MQTT 3.1.1.</param>
internal sealed record ReceivedConnect(
    int Version,
    string ClientId,
    int KeepAliveS,
    int WillQos,
    bool WillRetain,
    uint WillDelayS
)
{
    /// <summary>Reads what follows the fixed header (MQTT 5.0 and 3.1.1, section 3.1).</summary>
    public static ReceivedConnect Read(ReadOnlySpan<byte> packet)
    {
        Text(ref packet);
        byte version = packet[0];
        byte flags = packet[1];
        ushort keepAlive = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        packet = packet[4..];
        if (version == 5)
        {
            packet = packet[(1 + packet[0])..];
        }

        string client = Text(ref packet);
        uint delay = 0;
        if (version == 5 && (flags & 0x04) != 0)
        {
            ReadOnlySpan<byte> properties = packet.Slice(1, packet[0]);
            delay =
                properties.Length > 0 && properties[0] == 0x18
                    ? BinaryPrimitives.ReadUInt32BigEndian(properties[1..])
                    : 0;
        }

        return new(version, client, keepAlive, (flags >> 3) & 3, (flags & 0x20) != 0, delay);
    }

    private static string Text(ref ReadOnlySpan<byte> packet)
    {
        ushort length = BinaryPrimitives.ReadUInt16BigEndian(packet);
        string text = Encoding.UTF8.GetString(packet.Slice(2, length));
        packet = packet[(2 + length)..];
        return text;
    }
}
