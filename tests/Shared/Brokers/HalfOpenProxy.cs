using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AsffEdge.Tests.Brokers;

/// <summary>A way to a broker that can go silent without ever closing, as a lost router does.</summary>
internal sealed class HalfOpenProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _swallow;
    private volatile bool _refuse;
    private volatile int _silenced;
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private int _accepted;

    public HalfOpenProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes go nowhere from now on, in both directions, on the connections that are there and on new ones.</summary>
    public void SwallowEverything() => _swallow = true;

    /// <summary>New connections are closed at once, as where nobody listens.</summary>
    public void RefuseNewConnections() => _refuse = true;

    /// <summary>Ends the connections that are there without a goodbye.</summary>
    public void CloseAll()
    {
        foreach (TcpClient client in _clients)
        {
            client.Dispose();
        }
    }

    /// <summary>New connections work; those that were silenced stay silent.</summary>
    public void ForwardNewConnections()
    {
        _silenced = _accepted;
        _swallow = false;
        _refuse = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> pumps = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (_refuse)
                {
                    client.Dispose();
                    continue;
                }

                _clients.Add(client);
                TcpClient broker = new() { NoDelay = true };
                client.NoDelay = true;
                await broker.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                int number = ++_accepted;
                pumps.Add(PumpAsync(client, broker, number));
                pumps.Add(PumpAsync(broker, client, number));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException) { }

        await Task.WhenAll(pumps);
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, int number)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
            {
                if (!_swallow && number > _silenced)
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
                }
            }
        }
        catch (Exception error)
            when (error
                    is OperationCanceledException
                        or IOException
                        or ObjectDisposedException
                        or InvalidOperationException
            ) { }

        from.Dispose();
        to.Dispose();
    }
}
