using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using AsffEdge.Control.Settings;
using MQTTnet;
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
                or ObjectDisposedException
                or InvalidOperationException
                or OperationCanceledException
                or UnauthorizedAccessException
                or CryptographicException
                or AuthenticationException;

    /// <summary>Why the broker answered with a refusal.</summary>
    public static string Describe(MqttClientConnectResult result, BrokerOptions options)
    {
        string reason = result.ResultCode switch
        {
            MqttClientConnectResultCode.BadUserNameOrPassword =>
                $"it refuses the user name or password (mqtt.username is {Shown(options.Username)}; see mqtt.password_file)",
            MqttClientConnectResultCode.NotAuthorized =>
                $"it does not authorise this client (mqtt.username is {Shown(options.Username)}; see mqtt.password_file and the broker's access rules)",
            MqttClientConnectResultCode.Banned => "it has banned this client",
            MqttClientConnectResultCode.ClientIdentifierNotValid =>
                "it does not accept this client's id (an agent's is agent.id)",
            MqttClientConnectResultCode.UnsupportedProtocolVersion =>
                $"it does not know MQTT {options.Protocol} (see mqtt.protocol)",
            MqttClientConnectResultCode.BadAuthenticationMethod =>
                "it wants another way of authentication",
            MqttClientConnectResultCode.ServerUnavailable
            or MqttClientConnectResultCode.ServerBusy => "it is busy or not available",
            MqttClientConnectResultCode.ConnectionRateExceeded
            or MqttClientConnectResultCode.QuotaExceeded =>
                "its quota or rate of connections is exceeded",
            MqttClientConnectResultCode.UseAnotherServer
            or MqttClientConnectResultCode.ServerMoved =>
                $"it refers to another server {result.ServerReference} (see mqtt.host)",
            var other => $"it refuses with {other}",
        };
        return string.IsNullOrEmpty(result.ReasonString)
            ? reason
            : $"{reason}: {result.ReasonString}";
    }

    /// <summary>Why no answer came.</summary>
    public static string Describe(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException socket:
                    return socket.SocketErrorCode switch
                    {
                        SocketError.ConnectionRefused =>
                            "nothing listens there (connection refused; see mqtt.host and mqtt.port)",
                        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
                            "the name has no address (see mqtt.host)",
                        SocketError.HostUnreachable or SocketError.NetworkUnreachable =>
                            "no way leads there",
                        SocketError.TimedOut => "no answer in time",
                        _ => socket.Message,
                    };
                case AuthenticationException:
                    return $"the TLS handshake failed: {cause.Message} (see mqtt.tls)";
                case MqttCommunicationTimedOutException
                or OperationCanceledException
                or TimeoutException:
                    return "no answer in time";
            }
        }

        return error.Message;
    }

    private static string Shown(string? username) => username is null ? "not set" : $"'{username}'";
}
