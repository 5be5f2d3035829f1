using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;

namespace AsffEdge.Control.Broker;

/// <summary>Says in words why a connection to the broker could not be made or ended, and which key of the configuration to look at.</summary>
public static class BrokerFailure
{
    /// <summary>Whether <paramref name="error"/> is one that connections end with: the network, the broker, TLS, an unreadable password or certificate.</summary>
    public static bool IsExpected(Exception error) =>
        error
            is MqttCommunicationException
                or MqttProtocolViolationException
                or IOException
                or SocketException
                or WebSocketException
                or HttpRequestException
                or TimeoutException
                or ObjectDisposedException
                or InvalidOperationException
                or OperationCanceledException
                or UnauthorizedAccessException
                or CryptographicException
                or AuthenticationException;

    /// <summary>Why the broker answered with a refusal.</summary>
    public static ConnectionEnd Describe(MqttClientConnectResult result, BrokerOptions options)
    {
        (BrokerReason reason, string text) = result.ResultCode switch
        {
            MqttClientConnectResultCode.BadUserNameOrPassword => (
                BrokerReason.BadCredentials,
                $"it refuses the user name or password (mqtt.username is {Shown(options.Username)}; see mqtt.password_file)"
            ),
            MqttClientConnectResultCode.NotAuthorized => (
                BrokerReason.NotAuthorised,
                $"it does not authorise this client (mqtt.username is {Shown(options.Username)}; see mqtt.password_file and the broker's access rules)"
            ),
            MqttClientConnectResultCode.Banned => (
                BrokerReason.Banned,
                "it has banned this client"
            ),
            MqttClientConnectResultCode.ClientIdentifierNotValid => (
                BrokerReason.BadClientId,
                "it does not accept this client's id (an agent's is agent.id)"
            ),
            MqttClientConnectResultCode.UnsupportedProtocolVersion => (
                BrokerReason.BadProtocolVersion,
                $"it does not know MQTT {options.Protocol} (see mqtt.protocol)"
            ),
            MqttClientConnectResultCode.BadAuthenticationMethod => (
                BrokerReason.NotAuthorised,
                "it wants another way of authentication"
            ),
            MqttClientConnectResultCode.ServerUnavailable
            or MqttClientConnectResultCode.ServerBusy => (
                BrokerReason.Unavailable,
                "it is busy or not available"
            ),
            MqttClientConnectResultCode.ConnectionRateExceeded
            or MqttClientConnectResultCode.QuotaExceeded => (
                BrokerReason.Quota,
                "its quota or rate of connections is exceeded"
            ),
            MqttClientConnectResultCode.UseAnotherServer
            or MqttClientConnectResultCode.ServerMoved => (
                BrokerReason.OtherServer,
                $"it refers to another server {result.ServerReference} (see mqtt.host)"
            ),
            MqttClientConnectResultCode.PacketTooLarge => (
                BrokerReason.PacketTooLarge,
                "it takes no packet as large as the one by which a client connects"
            ),
            MqttClientConnectResultCode.QoSNotSupported => (
                BrokerReason.QosNotSupported,
                "it takes no will of quality of service 1"
            ),
            MqttClientConnectResultCode.RetainNotSupported => (
                BrokerReason.RetainNotSupported,
                "it takes no will that is to be retained"
            ),
            MqttClientConnectResultCode.MalformedPacket
            or MqttClientConnectResultCode.ProtocolError => (
                BrokerReason.Protocol,
                $"it refuses with {result.ResultCode}"
            ),
            var other => (BrokerReason.Other, $"it refuses with {other}"),
        };
        return new ConnectionEnd(reason, Quote(text, result.ReasonString));
    }

    /// <summary>Why a connection that was there has ended.</summary>
    /// <param name="ended">How.</param>
    /// <param name="client">The client's id.</param>
    public static ConnectionEnd Describe(MqttClientDisconnectedEventArgs ended, string client)
    {
        if (ended.Exception is not { } error)
        {
            return Describe(ended.Reason, ended.ReasonString, client);
        }

        ConnectionEnd cause = Describe(error, client);
        return cause with { Text = $"the connection ended: {cause.Text}" };
    }

    private static ConnectionEnd Describe(
        MqttClientDisconnectReason ended,
        string? said,
        string client
    )
    {
        (BrokerReason reason, string text) = ended switch
        {
            MqttClientDisconnectReason.SessionTakenOver => (
                BrokerReason.TakenOver,
                $"another client has taken over the id '{client}': is there a second agent with this agent.id?"
            ),
            // Some versions of Mosquitto (2.0.11) close the connection of the first of two agents with one id without a word.
            MqttClientDisconnectReason.NormalDisconnection => (
                BrokerReason.Closed,
                $"the connection ended: closed without a reason; brokers do that when they stop, and some when a second agent has the id '{client}'"
            ),
            MqttClientDisconnectReason.ServerShuttingDown
            or MqttClientDisconnectReason.ServerBusy => (
                BrokerReason.Unavailable,
                "the connection ended: it is shutting down or busy"
            ),
            MqttClientDisconnectReason.NotAuthorized => (
                BrokerReason.NotAuthorised,
                "the connection ended: it no longer authorises this client (see the broker's access rules)"
            ),
            MqttClientDisconnectReason.PacketTooLarge => (
                BrokerReason.PacketTooLarge,
                "the connection ended: it takes no packet as large as one that was sent"
            ),
            MqttClientDisconnectReason.QuotaExceeded
            or MqttClientDisconnectReason.ConnectionRateExceeded
            or MqttClientDisconnectReason.MessageRateTooHigh
            or MqttClientDisconnectReason.ReceiveMaximumExceeded
            or MqttClientDisconnectReason.MaximumConnectTime => (
                BrokerReason.Quota,
                $"the connection ended: a quota or rate is exceeded ({ended})"
            ),
            MqttClientDisconnectReason.UseAnotherServer or MqttClientDisconnectReason.ServerMoved =>
                (
                    BrokerReason.OtherServer,
                    "the connection ended: it refers to another server (see mqtt.host)"
                ),
            MqttClientDisconnectReason.MalformedPacket
            or MqttClientDisconnectReason.ProtocolError
            or MqttClientDisconnectReason.TopicNameInvalid
            or MqttClientDisconnectReason.TopicFilterInvalid
            or MqttClientDisconnectReason.TopicAliasInvalid => (
                BrokerReason.Protocol,
                $"the connection ended: {ended}"
            ),
            var other => (BrokerReason.Other, $"the connection ended: {other}"),
        };
        return new ConnectionEnd(reason, Quote(text, said));
    }

    /// <summary>Why a connection could not be made, or ended.</summary>
    /// <param name="error">What happened.</param>
    /// <param name="client">The client's id.</param>
    public static ConnectionEnd Describe(Exception error, string client)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                // With TLS 1.3 the broker looks at the certificate when the handshake is over for the client.
                case var alert when IsAboutClientCertificate(alert.Message):
                    return new ConnectionEnd(
                        BrokerReason.ClientCertificate,
                        "it does not take this client's certificate (see mqtt.tls.certificate_file)"
                    );
                case BrokerException known:
                    return new ConnectionEnd(known.Reason, known.Message);
                case MqttClientUnexpectedDisconnectReceivedException told:
                    return Describe(
                        (MqttClientDisconnectReason)(int)told.ReasonCode!,
                        told.ReasonString,
                        client
                    );
                case SocketException socket:
                    return Describe(socket);
                case HttpRequestException
                {
                    HttpRequestError: HttpRequestError.SecureConnectionError
                }:
                    return new ConnectionEnd(
                        BrokerReason.TlsFailed,
                        $"the TLS handshake failed: {cause.GetBaseException().Message} (see mqtt.port and mqtt.tls)"
                    );
                case AuthenticationException:
                    return new ConnectionEnd(
                        BrokerReason.TlsFailed,
                        $"the TLS handshake failed: {cause.Message} (see mqtt.tls)"
                    );
                case TimeoutException:
                    return new ConnectionEnd(BrokerReason.TimedOut, cause.Message);
                case MqttCommunicationTimedOutException or OperationCanceledException:
                    return new ConnectionEnd(BrokerReason.TimedOut, "no answer in time");
                case MqttProtocolViolationException:
                    return new ConnectionEnd(
                        BrokerReason.Protocol,
                        $"what it sends is no MQTT: {cause.Message} (see mqtt.port and mqtt.transport)"
                    );
                case UnauthorizedAccessException
                or FileNotFoundException
                or DirectoryNotFoundException
                or CryptographicException:
                    return new ConnectionEnd(BrokerReason.Unreadable, cause.Message);
            }
        }

        return error is MqttConnectingFailedException
            ? new ConnectionEnd(
                BrokerReason.Closed,
                "it ended the connection before it answered (see mqtt.port, mqtt.transport and mqtt.tls)"
            )
            : new ConnectionEnd(BrokerReason.Closed, error.Message);
    }

    private static ConnectionEnd Describe(SocketException socket) =>
        socket.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => new(
                BrokerReason.Refused,
                "nothing listens there (connection refused; see mqtt.host and mqtt.port)"
            ),
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new(
                BrokerReason.UnknownHost,
                "the name has no address (see mqtt.host)"
            ),
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => new(
                BrokerReason.NoRoute,
                "no way leads there"
            ),
            SocketError.TimedOut => new(BrokerReason.TimedOut, "no answer in time"),
            _ => new(BrokerReason.Closed, socket.Message),
        };

    // Alerts of TLS (RFC 8446, section 6.2), in OpenSSL's words.
    private static bool IsAboutClientCertificate(string message) =>
        message.Contains("alert certificate", StringComparison.Ordinal)
        || message.Contains("alert bad certificate", StringComparison.Ordinal)
        || message.Contains("alert unknown ca", StringComparison.Ordinal);

    // What a broker says may be long and may hold anything.
    private static string Quote(string text, string? said) =>
        string.IsNullOrEmpty(said)
            ? text
            : $"{text}; it says: {new string([.. said.Take(200).Where(character => !char.IsControl(character))])}";

    private static string Shown(string? username) => username is null ? "not set" : $"'{username}'";
}
