using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

internal static class Loopback
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    /// <summary>A TCP port of 127.0.0.1 that nothing listens on.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until a server accepts connections; <paramref name="log"/> says why it does not.</summary>
    public static async Task WaitForListenerAsync(int port, Func<string> log)
    {
        Stopwatch elapsed = Stopwatch.StartNew();
        while (true)
        {
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync(
                    IPAddress.Loopback,
                    port,
                    TestContext.Current.CancellationToken
                );
                return;
            }
            catch (SocketException error) when (elapsed.Elapsed > StartTimeout)
            {
                throw new TimeoutException(
                    $"nothing listens on 127.0.0.1:{port}; the server's log:\n{log()}",
                    error
                );
            }
            catch (SocketException)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }
}
