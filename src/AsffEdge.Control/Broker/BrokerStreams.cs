using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace AsffEdge.Control.Broker;

/// <summary>
/// Opens the way to the broker: TCP or a WebSocket, either of them encrypted or not, with the same rules for TLS. There is no second try
/// in plaintext.
/// </summary>
/// <param name="options">The broker.</param>
internal sealed class BrokerStreams(BrokerOptions options) : IMqttClientStreamProvider
{
    private const string SubProtocol = "mqtt"; // MQTT 5.0, section 6
    private static readonly TimeSpan CloseWithin = TimeSpan.FromMilliseconds(500);

    /// <summary>Connects, and shakes hands.</summary>
    /// <exception cref="BrokerException">The broker's certificate is no good, there is no TLS or no WebSocket.</exception>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="IOException">A certificate cannot be read, or the connection ends.</exception>
    public async Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken ct)
    {
        CertificateCheck check = new(options.Host, options.Tls.CaFile is not null);
        SslClientAuthenticationOptions? tls = options.Tls.Enabled ? ReadTlsOptions(check) : null;
        try
        {
            Stream stream =
                options.Transport == BrokerOptions.WebSocketTransport
                    ? await OpenWebSocketAsync(tls, ct).ConfigureAwait(false)
                    : await OpenTcpAsync(brokerEndPoint, tls, ct).ConfigureAwait(false);
            return new PacketGuard(stream, ClientOptions.LargestInbound);
        }
        catch (Exception error) when (check.Problem is { } problem)
        {
            throw new BrokerException(problem.Reason, problem.Text, error);
        }
    }

    private static async Task<Stream> OpenTcpAsync(
        EndPoint broker,
        SslClientAuthenticationOptions? tls,
        CancellationToken ct
    )
    {
        // Both kinds of addresses, whatever the name has.
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(broker, ct).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        NetworkStream plain = new(socket, ownsSocket: true);
        if (tls is null)
        {
            return plain;
        }

        SslStream encrypted = new(plain);
        try
        {
            await encrypted.AuthenticateAsClientAsync(tls, ct).ConfigureAwait(false);
            return encrypted;
        }
        catch (Exception error)
        {
            await encrypted.DisposeAsync().ConfigureAwait(false);
            if (error is IOException)
            {
                throw new BrokerException(
                    BrokerReason.TlsFailed,
                    $"it ends the connection in the TLS handshake: {error.Message} (see mqtt.port and mqtt.tls)",
                    error
                );
            }

            throw;
        }
    }

    private async Task<Stream> OpenWebSocketAsync(
        SslClientAuthenticationOptions? tls,
        CancellationToken ct
    )
    {
        // No proxy: what the environment says of proxies is meant for other programs.
        using SocketsHttpHandler handler = new() { UseProxy = false, UseCookies = false };
        if (tls is not null)
        {
            handler.SslOptions = tls;
        }

        using HttpMessageInvoker http = new(handler, disposeHandler: false);
        ClientWebSocket socket = new();
        socket.Options.AddSubProtocol(SubProtocol);
        socket.Options.KeepAliveInterval = TimeSpan.Zero; // MQTT has its own
        Uri address = new UriBuilder(tls is null ? "ws" : "wss", options.Host, options.Port)
        {
            Path = options.Path,
        }.Uri;
        try
        {
            await socket.ConnectAsync(address, http, ct).ConfigureAwait(false);
        }
        catch (WebSocketException error)
        {
            socket.Dispose();
            if (BrokerFailure.Describe(error, client: "").Reason == BrokerReason.Closed)
            {
                throw new BrokerException(
                    BrokerReason.NoWebSocket,
                    $"there is no WebSocket for MQTT at {address}: {error.Message} (see mqtt.transport, mqtt.port and mqtt.path)",
                    error
                );
            }

            throw;
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return WebSocketStream.Create(socket, WebSocketMessageType.Binary, CloseWithin);
    }

    private SslClientAuthenticationOptions ReadTlsOptions(CertificateCheck check)
    {
        try
        {
            return NewTlsOptions(options, check);
        }
        catch (Exception error)
            when (error
                    is IOException
                        or UnauthorizedAccessException
                        or CryptographicException
                        or ArgumentException
            )
        {
            string[] files =
            [
                .. new[]
                {
                    options.Tls.CaFile,
                    options.Tls.CertificateFile,
                    options.Tls.KeyFile,
                }.OfType<string>(),
            ];
            throw new BrokerException(
                BrokerReason.Unreadable,
                $"a certificate or key cannot be used: {error.Message} (mqtt.tls: {string.Join(", ", files)})",
                error
            );
        }
    }

    private static SslClientAuthenticationOptions NewTlsOptions(
        BrokerOptions options,
        CertificateCheck check
    )
    {
        SslClientAuthenticationOptions tls = new()
        {
            TargetHost = options.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.Online,
            RemoteCertificateValidationCallback = check.Accepts,
        };
        if (options.Tls.CaFile is { } authorities)
        {
            // Authorities of one's own publish no revocation lists that could be asked.
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authorities);
        }

        if (options.Tls is { CertificateFile: { } certificate, KeyFile: { } key })
        {
            // What stands behind it in the file are the authorities between it and the broker's.
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(certificate);
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPemFile(certificate, key),
                chain,
                offline: true
            );
        }

        return tls;
    }
}
