using System.Buffers;
using System.Net;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Broker;

/// <summary>From the configuration to the options of a connection.</summary>
public static class ClientOptions
{
    /// <summary>
    /// Seconds between the loss of an agent and the broker saying so, so that a reconnect does not flap. The session must outlive it: a
    /// broker sends the will when the session ends.
    /// </summary>
    public const uint WillDelayS = 10;

    /// <summary>How long a broker has to answer.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private const uint SessionExpiryS = 30;
    private const uint LargestPacket = 128 * 1024; // twice the largest document, so that one that is too large can still be refused in words, and more than the largest part of a model

    /// <summary>
    /// Most bytes of a packet that is taken from the broker. More than is asked for: brokers that cannot be told of a limit, or do not keep to
    /// it, send what others publish, and one message must not end every connection that it is sent on again.
    /// </summary>
    internal const uint LargestInbound = 16 * 1024 * 1024;

    /// <summary>Whether the connection speaks MQTT 5.</summary>
    public static bool IsVersion5(BrokerOptions options) => options.Protocol == "5";

    /// <summary>The options of one connection of an agent; reads the password and the certificates anew, since both may be renewed.</summary>
    /// <param name="options">The broker.</param>
    /// <param name="clientId">The agent's id.</param>
    /// <param name="will">What the broker is to publish when it loses the agent.</param>
    /// <exception cref="IOException">The password cannot be read.</exception>
    public static MqttClientOptions Build(
        BrokerOptions options,
        string clientId,
        MqttApplicationMessage will
    )
    {
        bool isVersion5 = IsVersion5(options);
        MqttClientOptionsBuilder builder = Connection(options, clientId)
            .WithCleanStart(!isVersion5)
            .WithWillTopic(will.Topic)
            .WithWillPayload(will.Payload.ToArray())
            .WithWillRetain(will.Retain)
            .WithWillQualityOfServiceLevel(will.QualityOfServiceLevel);
        if (isVersion5)
        {
            builder.WithSessionExpiryInterval(SessionExpiryS).WithWillDelayInterval(WillDelayS);
        }

        return builder.Build();
    }

    /// <summary>The options of one connection that leaves nothing behind: no session and no will.</summary>
    /// <exception cref="IOException">The password cannot be read.</exception>
    public static MqttClientOptions Build(BrokerOptions options, string clientId) =>
        Connection(options, clientId).WithCleanStart(true).Build();

    private static MqttClientOptionsBuilder Connection(BrokerOptions options, string clientId)
    {
        // The stream comes with its encryption.
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithEndPoint(EndPointOf(options))
            .WithStreamProvider(new BrokerStreams(options))
            .WithTlsOptions(tls => tls.UseTls(false))
            .WithProtocolVersion(
                IsVersion5(options) ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311
            )
            .WithClientId(clientId)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(options.KeepAliveS))
            .WithTimeout(AnswerWithin);
        if (options.Transport == BrokerOptions.WebSocketTransport)
        {
            // A packet in a message of its own, which some brokers expect.
            builder.WithoutPacketFragmentation();
        }

        if (IsVersion5(options))
        {
            builder.WithMaximumPacketSize(LargestPacket);
        }

        if (options.Username is { } username)
        {
            builder.WithCredentials(username, ReadPassword(options));
        }

        return builder;
    }

    private static EndPoint EndPointOf(BrokerOptions options) =>
        IPAddress.TryParse(options.Host, out IPAddress? address)
            ? new IPEndPoint(address, options.Port)
            : new DnsEndPoint(options.Host, options.Port);

    private static string ReadPassword(BrokerOptions options) =>
        options.Password
        ?? (options.PasswordFile is { } file ? File.ReadLines(file).FirstOrDefault("") : "");
}
