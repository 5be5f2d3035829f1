using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>
/// An RTSP server (RTP inside the connection, or over UDP) that serves an <see cref="EncodedVideo"/> without end, to any number of clients,
/// and whose faults a test switches on and off while it runs.
/// </summary>
public sealed class FaultRtspServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<FaultRtspSession, byte> _sessions = new();
    private volatile RtspFault _fault;
    private volatile EncodedVideo _video;
    private int _connections;
    private int _passwords;
    private int _plays;
    private int _lost;

    /// <param name="video">What it serves.</param>
    /// <param name="port">Its port; 0: a free one.</param>
    public FaultRtspServer(EncodedVideo? video = null, int port = 0)
    {
        _video = video ?? EncodedVideo.Moving(320, 180);
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start(256);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public string Address => $"rtsp://127.0.0.1:{Port}/cam";

    /// <summary>What it does wrong.</summary>
    public RtspFault Fault
    {
        get => _fault;
        set
        {
            _fault = value;
            if (value == RtspFault.Reset)
            {
                foreach (FaultRtspSession session in _sessions.Keys)
                {
                    session.Reset();
                }
            }
        }
    }

    /// <summary>What it serves; running streams go on with the new one at its next picture.</summary>
    public EncodedVideo Video
    {
        get => _video;
        set => _video = value;
    }

    /// <summary>Pictures a second.</summary>
    public double Fps { get; set; } = 20;

    /// <summary>How long it thinks before it describes the stream.</summary>
    public TimeSpan SlowStart { get; set; }

    /// <summary>User and password it asks for (digest, RFC 2617); null: none.</summary>
    public (string User, string Password)? Login { get; set; }

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Requests so far that came with credentials, right or wrong: what makes a camera lock an account.</summary>
    public int Passwords => Volatile.Read(ref _passwords);

    /// <summary>Connections that are open.</summary>
    public int Open => _sessions.Count;

    /// <summary>Streams started so far.</summary>
    public int Plays => Volatile.Read(ref _plays);

    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
        foreach (FaultRtspSession session in _sessions.Keys)
        {
            session.Dispose();
        }

        _ended.Dispose();
    }

    /// <summary>Packets lost on purpose so far.</summary>
    public int Lost => Volatile.Read(ref _lost);

    internal void CountLost() => Interlocked.Increment(ref _lost);

    internal void CountPlay() => Interlocked.Increment(ref _plays);

    internal void CountPassword() => Interlocked.Increment(ref _passwords);

    private async Task AcceptAsync()
    {
        CancellationToken ended = _ended.Token;
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(ended);
                Interlocked.Increment(ref _connections);
                FaultRtspSession session = new(this, socket);
                _sessions.TryAdd(session, 0);
                _ = RunAsync(session, ended);
            }
        }
        catch (Exception error)
            when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        { }
    }

    private async Task RunAsync(FaultRtspSession session, CancellationToken ended)
    {
        try
        {
            await session.ServeAsync(ended);
        }
        // A client that goes, or a fault that ends the connection, is what these tests are about.
        catch (Exception error)
            when (error
                    is OperationCanceledException
                        or ObjectDisposedException
                        or IOException
                        or SocketException
            ) { }
        finally
        {
            _sessions.TryRemove(session, out _);
            session.Dispose();
        }
    }
}
