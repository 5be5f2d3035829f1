using System.Diagnostics;
using System.Net.Sockets;

namespace AsffEdge.Tests.Brokers;

/// <summary>Eclipse Mosquitto in a process of its own.</summary>
public sealed class Mosquitto : TestBroker
{
    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    /// <summary>More lines for its listener, for example certificates.</summary>
    public string Listener { get; init; } = "";

    public override async Task StartAsync()
    {
        string configuration =
            $"listener {Port} 127.0.0.1\n{Listener}persistence false\nuser {Environment.UserName}\n";
        if (WantsCredentials)
        {
            string passwords = Path.Combine(_folder.Path, "passwords");
            using Process hashing = Process.Start(
                "mosquitto_passwd",
                ["-b", "-c", passwords, User, Password]
            );
            await hashing.WaitForExitAsync();
            configuration += $"allow_anonymous false\npassword_file {passwords}\n";
        }
        else
        {
            configuration += "allow_anonymous true\n";
        }

        string file = _folder.Write("mosquitto.conf", configuration);
        _process = Process.Start(
            new ProcessStartInfo("mosquitto", ["-c", file])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        while (!await AnswersAsync())
        {
            Assert.False(_process.HasExited, "mosquitto did not start");
            await Task.Delay(20);
        }
    }

    public override async Task StopAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
