using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AsffEdge.Tests.Brokers;

/// <summary>
/// A broker that speaks MQTT 5 and 3.1.1 just far enough to take a client in, and breaks the protocol as its script says. It passes
/// nothing on. The script may be changed at any time; a connection follows it from then on.
/// </summary>
internal sealed class FaultBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<FaultConnection, bool> _open = new();
    private readonly Task _accepting;
    private int _accepted;

    public FaultBroker(BrokerScript? script = null)
    {
        Script = script ?? new BrokerScript();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public BrokerScript Script { get; set; }

    /// <summary>Connections so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that are open.</summary>
    public int Open => _open.Count;

    /// <summary>How the clients introduced themselves.</summary>
    public ConcurrentQueue<ReceivedConnect> Connects { get; } = new();

    /// <summary>What was published.</summary>
    public ConcurrentQueue<ReceivedMessage> Messages { get; } = new();

    /// <summary>PINGREQs so far.</summary>
    public int Pings;

    /// <summary>Sends to every client that is connected.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        foreach (FaultConnection connection in _open.Keys)
        {
            await connection.SendAsync(bytes);
        }
    }

    /// <summary>DISCONNECT with a reason (MQTT 5), then the end.</summary>
    public async Task DisconnectAsync(byte reason)
    {
        await SendAsync([0xE0, 2, reason, 0]);
        CloseAll();
    }

    /// <summary>Ends all connections.</summary>
    public void CloseAll()
    {
        foreach (FaultConnection connection in _open.Keys)
        {
            connection.Close(Script.Resets);
        }
    }

    /// <summary>Waits until something holds.</summary>
    public static async Task UntilAsync(Func<bool> holds, string what, double seconds = 20)
    {
        Stopwatch waiting = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(waiting.Elapsed.TotalSeconds < seconds, $"in {seconds} s not: {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
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
        List<Task> serving = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                client.NoDelay = true;
                Interlocked.Increment(ref _accepted);
                serving.RemoveAll(task => task.IsCompleted);
                serving.Add(ServeAsync(new FaultConnection(this, client)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException) { }

        CloseAll();
        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(FaultConnection connection)
    {
        _open[connection] = true;
        try
        {
            await connection.ServeAsync(_stop.Token);
        }
        catch (Exception error)
            when (error
                    is OperationCanceledException
                        or IOException
                        or SocketException
                        or ObjectDisposedException
                        or InvalidOperationException
            ) { }

        _open.TryRemove(connection, out _);
        connection.Dispose();
    }
}
