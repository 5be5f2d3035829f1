using System.Text;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Broker;

/// <summary>How large messages are on the wire (MQTT 5.0, sections 2.1, 2.2.2 and 3.3; MQTT 3.1.1, section 3.3).</summary>
public static class PacketSize
{
    /// <summary>Bytes of the packet that carries <paramref name="message"/>, its fixed header included.</summary>
    public static long Of(MqttApplicationMessage message, BrokerOptions options)
    {
        long rest = Text(message.Topic) + message.Payload.Length;
        if (message.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce)
        {
            rest += sizeof(ushort);
        }

        if (ClientOptions.IsVersion5(options))
        {
            long properties = Properties(message);
            rest += Number(properties) + properties;
        }

        return 1 + Number(rest) + rest;
    }

    // Each begins with a byte that says which it is.
    private static long Properties(MqttApplicationMessage message)
    {
        long bytes = 0;
        if (message.ContentType is { } contentType)
        {
            bytes += 1 + Text(contentType);
        }

        if (message.ResponseTopic is { } responseTopic)
        {
            bytes += 1 + Text(responseTopic);
        }

        if (message.CorrelationData is { } correlation)
        {
            bytes += 1 + sizeof(ushort) + correlation.Length;
        }

        if (message.MessageExpiryInterval > 0)
        {
            bytes += 1 + sizeof(uint);
        }

        if (message.UserProperties is { } own)
        {
            for (int index = 0; index < own.Count; index++)
            {
                MqttUserProperty property = own[index];
                bytes += 1 + Text(property.Name) + sizeof(ushort) + property.ValueBuffer.Length;
            }
        }

        return bytes;
    }

    private static long Text(string text) => sizeof(ushort) + Encoding.UTF8.GetByteCount(text);

    // Seven bits a byte.
    private static int Number(long number) =>
        number switch
        {
            < 1 << 7 => 1,
            < 1 << 14 => 2,
            < 1 << 21 => 3,
            _ => 4,
        };
}
