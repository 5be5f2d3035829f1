namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>A real Mosquitto on a loopback port of its own, which can be stopped and started again.</summary>
internal sealed class Broker : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _configuration;
    private ChildProcess? _process;

    private Broker()
    {
        Port = Loopback.FreePort();
        _configuration = _folder.Write(
            "mosquitto.conf",
            $"""
            listener {Port} 127.0.0.1
            allow_anonymous true
            persistence false
            log_dest stderr
            """
        );
    }

    public int Port { get; }

    public static async Task<Broker> StartAsync()
    {
        Broker broker = new();
        await broker.RestartAsync();
        return broker;
    }

    /// <summary>Ends the broker; what it retained is lost.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        // The shell ends the broker when its own standard input does, so that it never outlives the tests.
        _process = ChildProcess.Start(
            "/bin/sh",
            "-c",
            """PATH=$PATH:/usr/sbin; mosquitto -c "$0" & read -r _; kill $!; wait""",
            _configuration
        );
        await Loopback.WaitForListenerAsync(Port, () => _process.Log);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }
}
