using System.Net.Sockets;
using System.Text;

namespace AsffEdge.Agent.Tests.Hosting;

/// <summary>The end of systemd's notification socket that systemd holds.</summary>
internal sealed class ServiceManager : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly Socket _socket = new(
        AddressFamily.Unix,
        SocketType.Dgram,
        ProtocolType.Unspecified
    );

    public ServiceManager() => _socket.Bind(new UnixDomainSocketEndPoint(Path));

    public string Path => System.IO.Path.Combine(_folder.Path, "notify");

    /// <summary>The next message.</summary>
    public async Task<string> NextAsync()
    {
        using CancellationTokenSource patience = new(Patience);
        byte[] buffer = new byte[1024];
        int count = await _socket.ReceiveAsync(buffer, patience.Token);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    /// <summary>The next message, or null when none comes in time.</summary>
    public async Task<string?> NextAsync(TimeSpan within)
    {
        using CancellationTokenSource patience = new(within);
        byte[] buffer = new byte[1024];
        try
        {
            int count = await _socket.ReceiveAsync(buffer, patience.Token);
            return Encoding.UTF8.GetString(buffer, 0, count);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }
}
