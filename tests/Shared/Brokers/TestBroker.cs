using System.Net;
using System.Net.Sockets;

namespace AsffEdge.Tests.Brokers;

/// <summary>A real broker on a loopback port of its own, which can be stopped and started again there. It forgets everything then.</summary>
public abstract class TestBroker : IAsyncDisposable
{
    /// <summary>The user whom a broker with credentials lets in.</summary>
    public const string User = "joe";

    /// <summary>The password of <see cref="User"/>.</summary>
    public const string Password = "correct horse";

    public int Port { get; } = FreePort();

    /// <summary>Whether only <see cref="User"/> is let in.</summary>
    public bool WantsCredentials { get; init; }

    public abstract Task StartAsync();

    public abstract Task StopAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A port nobody listens on.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
