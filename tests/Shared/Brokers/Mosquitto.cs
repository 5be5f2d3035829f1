using System.Diagnostics;
using System.Net.Sockets;

namespace AsffEdge.Tests.Brokers;

/// <summary>Eclipse Mosquitto in a process of its own.</summary>
public class Mosquitto : TestBroker
{
    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    /// <summary>Where it listens.</summary>
    protected virtual IReadOnlyList<int> Ports => [Port];

    private protected TemporaryFolder Folder => _folder;

    /// <summary>More lines for its listener, for example certificates.</summary>
    public string Listener { get; init; } = "";

    public override async Task StartAsync()
    {
        string file = _folder.Write("mosquitto.conf", Configure());
        _process = Process.Start(
            new ProcessStartInfo("mosquitto", ["-c", file])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        foreach (int port in Ports)
        {
            while (!await AnswersAsync(port))
            {
                Assert.False(_process.HasExited, "mosquitto did not start");
                await Task.Delay(20);
            }
        }
    }

    public override Task StopAsync() => StopProcessAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task StopProcessAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Stops it by SIGTERM, as a service manager does.</summary>
    protected async Task TerminateAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await _process.WaitForExitAsync();
        await StopProcessAsync();
    }

    /// <summary>Stops it in its tracks, with its connections open, or lets it go on.</summary>
    public async Task FreezeAsync(bool isFrozen)
    {
        using Process kill = Process.Start(
            "kill",
            [isFrozen ? "-STOP" : "-CONT", $"{_process!.Id}"]
        );
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Its configuration file.</summary>
    protected virtual string Configure()
    {
        string common =
            $"listener {Port} 127.0.0.1\n{Listener}persistence false\nuser {Environment.UserName}\n";
        return WantsCredentials
            ? common + $"allow_anonymous false\npassword_file {WritePasswords("passwords", User)}\n"
            : common + "allow_anonymous true\n";
    }

    /// <summary>A file that lets <paramref name="users"/> in, each with <see cref="TestBroker.Password"/>.</summary>
    /// <returns>Its path.</returns>
    protected string WritePasswords(string name, params string[] users)
    {
        string passwords = _folder.Write(name, "");
        foreach (string user in users)
        {
            using Process hashing = Process.Start(
                "mosquitto_passwd",
                ["-b", passwords, user, Password]
            );
            hashing.WaitForExit();
            Assert.Equal(0, hashing.ExitCode);
        }

        return passwords;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
