using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>Speaks TLS to its clients, and passes what they say on to a port of this machine.</summary>
internal sealed class TlsFront : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly X509Certificate2 _certificate;
    private readonly int _behind;
    private int _handshakes;

    /// <param name="behind">The port that it passes on to.</param>
    /// <param name="certificate">A PEM file with its certificate.</param>
    /// <param name="key">A PEM file with the key.</param>
    public TlsFront(int behind, string certificate, string key)
    {
        _behind = behind;
        _certificate = X509Certificate2.CreateFromPemFile(certificate, key);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"rtsps://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/cam";

    /// <summary>Connections that were encrypted so far.</summary>
    public int Handshakes => Volatile.Read(ref _handshakes);

    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
        _certificate.Dispose();
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken ended = _ended.Token;
        try
        {
            while (true)
            {
                _ = PassOnAsync(await _listener.AcceptTcpClientAsync(ended), ended);
            }
        }
        catch (Exception error)
            when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        { }
    }

    private async Task PassOnAsync(TcpClient client, CancellationToken ended)
    {
        try
        {
            using TcpClient front = client;
            await using SslStream encrypted = new(front.GetStream());
            await encrypted.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = _certificate },
                ended
            );
            Interlocked.Increment(ref _handshakes);
            using TcpClient server = new("127.0.0.1", _behind);
            NetworkStream plain = server.GetStream();
            await Task.WhenAny(
                encrypted.CopyToAsync(plain, ended),
                plain.CopyToAsync(encrypted, ended)
            );
        }
        // Either side may go whenever it likes.
        catch (Exception error)
            when (error
                    is OperationCanceledException
                        or ObjectDisposedException
                        or IOException
                        or SocketException
                        or System.Security.Authentication.AuthenticationException
            ) { }
    }
}
