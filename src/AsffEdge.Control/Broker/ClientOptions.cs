using System.Security.Cryptography.X509Certificates;
using AsffEdge.Control.Settings;
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

    private const uint SessionExpiryS = 30;
    private const uint LargestPacket = 128 * 1024; // twice the largest document, so that one that is too large can still be refused in words
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Whether the connection speaks MQTT 5.</summary>
    public static bool IsVersion5(BrokerOptions options) => options.Protocol == "5";

    /// <summary>The options of one connection of an agent; reads the password and the certificates anew, since both may be renewed.</summary>
    /// <exception cref="IOException">The password or a certificate cannot be read.</exception>
    public static MqttClientOptions Build(
        BrokerOptions options,
        string clientId,
        string willTopic,
        byte[] will
    )
    {
        bool isVersion5 = IsVersion5(options);
        MqttClientOptionsBuilder builder = Connection(options, clientId)
            .WithCleanStart(!isVersion5)
            .WithWillTopic(willTopic)
            .WithWillPayload(will)
            .WithWillRetain(true)
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        if (isVersion5)
        {
            builder.WithSessionExpiryInterval(SessionExpiryS).WithWillDelayInterval(WillDelayS);
        }

        return builder.Build();
    }

    /// <summary>The options of one connection that leaves nothing behind: no session and no will.</summary>
    /// <exception cref="IOException">The password or a certificate cannot be read.</exception>
    public static MqttClientOptions Build(BrokerOptions options, string clientId) =>
        Connection(options, clientId).WithCleanStart(true).Build();

    private static MqttClientOptionsBuilder Connection(BrokerOptions options, string clientId)
    {
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithTcpServer(options.Host, options.Port)
            .WithProtocolVersion(
                IsVersion5(options) ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311
            )
            .WithClientId(clientId)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(options.KeepAliveS))
            .WithTimeout(Timeout)
            .WithTlsOptions(tls => ConfigureTls(tls, options));
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

    private static string ReadPassword(BrokerOptions options) =>
        options.Password
        ?? (options.PasswordFile is { } file ? File.ReadLines(file).FirstOrDefault("") : "");

    private static void ConfigureTls(MqttClientTlsOptionsBuilder tls, BrokerOptions options)
    {
        tls.UseTls(options.Tls.Enabled);
        if (options.Tls.CaFile is { } authorities)
        {
            X509Certificate2Collection trusted = [];
            trusted.ImportFromPemFile(authorities);

            // Authorities of one's own publish no revocation lists that could be asked.
            tls.WithTrustChain(trusted).WithRevocationMode(X509RevocationMode.NoCheck);
        }

        if (options.Tls is { CertificateFile: { } certificate, KeyFile: { } key })
        {
            tls.WithClientCertificates([X509Certificate2.CreateFromPemFile(certificate, key)]);
        }
    }
}
