using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Broker;

/// <summary>What a broker takes, as it says when it lets a client in. Before MQTT 5 it cannot say.</summary>
/// <param name="LargestPacket">Most bytes of a packet.</param>
/// <param name="InFlight">Most messages of quality of service 1 that it has not acknowledged.</param>
/// <param name="Qos">The highest quality of service it takes.</param>
/// <param name="Retains">Whether it keeps retained messages.</param>
/// <param name="KeepAlive">The longest it waits between two packets.</param>
public sealed record BrokerLimits(
    long LargestPacket,
    int InFlight,
    MqttQualityOfServiceLevel Qos,
    bool Retains,
    TimeSpan KeepAlive
)
{
    // More would only wait in the broker's queue.
    private const int MostInFlight = 256;

    /// <summary>None is known yet.</summary>
    public static BrokerLimits None { get; } =
        new(
            long.MaxValue,
            MostInFlight,
            MqttQualityOfServiceLevel.ExactlyOnce,
            true,
            TimeSpan.FromMinutes(1)
        );

    /// <summary>Reads them.</summary>
    public static BrokerLimits Read(MqttClientConnectResult result, BrokerOptions options)
    {
        TimeSpan keepAlive = TimeSpan.FromSeconds(options.KeepAliveS);
        if (!ClientOptions.IsVersion5(options))
        {
            return None with { KeepAlive = keepAlive };
        }

        // MQTTnet says 0 where the broker says nothing of a number.
        return new(
            result.MaximumPacketSize is > 0 and uint most ? most : long.MaxValue,
            result.ReceiveMaximum is > 0 and ushort atOnce
                ? Math.Min((int)atOnce, MostInFlight)
                : MostInFlight,
            result.MaximumQoS,
            result.RetainAvailable,
            result.ServerKeepAlive > 0 ? TimeSpan.FromSeconds(result.ServerKeepAlive) : keepAlive
        );
    }

    /// <summary>Why <paramref name="message"/> cannot be taken as it is meant; null: it can. The broker would end the connection.</summary>
    public string? Problem(MqttApplicationMessage message, BrokerOptions options)
    {
        long size = PacketSize.Of(message, options);
        return size > LargestPacket
                ? $"it takes packets of at most {LargestPacket} bytes, and this one has {size}"
            : message.Retain && !Retains
                ? "it keeps no retained messages, so who is away would not get it"
            : null;
    }

    /// <summary>
    /// <paramref name="message"/>, or a copy of it with the quality of service and without the retaining that the broker does not have.
    /// </summary>
    public MqttApplicationMessage Adapt(MqttApplicationMessage message) =>
        message.QualityOfServiceLevel <= Qos && (Retains || !message.Retain)
            ? message
            : new MqttApplicationMessage
            {
                Topic = message.Topic,
                Payload = message.Payload,
                QualityOfServiceLevel =
                    message.QualityOfServiceLevel < Qos ? message.QualityOfServiceLevel : Qos,
                Retain = message.Retain && Retains,
                ContentType = message.ContentType,
                CorrelationData = message.CorrelationData,
                MessageExpiryInterval = message.MessageExpiryInterval,
                ResponseTopic = message.ResponseTopic,
                UserProperties = message.UserProperties,
            };
}
