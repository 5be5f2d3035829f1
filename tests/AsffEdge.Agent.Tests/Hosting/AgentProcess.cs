using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Detection.Tests;
using AsffEdge.Tests.Brokers;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Hosting;

/// <summary><c>asff-edge run</c> as a process of its own, over a looped clip.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class AgentProcess : IDisposable
{
    private const int Sigterm = 15;

    private readonly ColourCells _model = new();
    private readonly TestVideo _video = new();
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    /// <summary>Starts the agent with a broker at <paramref name="port"/>.</summary>
    /// <param name="port">The broker's port.</param>
    /// <param name="settings">More settings of the command line, <c>key=value</c>.</param>
    /// <param name="notifySocket">The socket of the service manager; null: there is none.</param>
    /// <param name="environment">More environment variables.</param>
    public AgentProcess(
        int port,
        string[] settings,
        string? notifySocket = null,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        using Mat picture = ColourCells.Picture(320, 320, (new Rect(64, 96, 32, 32), Scalar.Red));
        string clip = _video.Write("dock-1.avi", 50, 25, picture);
        string config = _folder.Write(
            "agent.yaml",
            $$"""
            agent: { id: {{RunningAgent.Id}} }
            state_directory: state
            model: { path: {{_model.Write()}}, threads: 1 }
            profile: fast
            cameras: [{ id: dock-1, source: {{clip}} }]
            mqtt: { host: 127.0.0.1, port: {{port}}, health_interval_s: 1 }
            web: { enabled: false }
            """
        );
        string program = Path.Combine(AppContext.BaseDirectory, "asff-edge.dll");
        string[] arguments =
        [
            "run",
            "--config",
            config,
            .. settings.SelectMany(setting => new[] { "--set", setting }),
        ];
        ProcessStartInfo start = new(NewManager(), [program, .. arguments])
        {
            RedirectStandardError = true,
        };
        if (notifySocket is not null)
        {
            start.Environment["NOTIFY_SOCKET"] = notifySocket;
            start.Environment["WATCHDOG_USEC"] = "600000";
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>Standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Its process id, once it runs.</summary>
    public int AgentId =>
        File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(int.Parse)
            .Single();

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate() => Assert.Equal(0, Kill(_process.Id, Sigterm));

    /// <summary>Sends SIGKILL.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Dispose();
        _video.Dispose();
        _model.Dispose();
    }

    // .NET believes in systemd only when its parent is called so; like it, this one passes the signal and the exit code on.
    private string NewManager()
    {
        string manager = _folder.Write(
            "systemd",
            """
            #!/bin/sh
            dotnet "$@" &
            trap 'kill -TERM $!' TERM
            wait $!
            code=$?
            [ $code -le 128 ] || { wait $!; code=$?; }
            exit $code
            """
        );
        File.SetUnixFileMode(manager, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return manager;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
