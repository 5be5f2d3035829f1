using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Footage.Upload;

/// <summary>nginx with WebDAV's PUT below <c>/footage/</c>, for one user.</summary>
internal sealed class NginxServer : IDisposable
{
    /// <summary>Why a test without one is skipped.</summary>
    public const string Needs = "needs Debian's nginx";

    public const string User = "gate-07";
    public const string Password = "nginx-S3cret";

    private readonly TemporaryFolder _folder = new();
    private readonly string _file;
    private Process? _process;

    /// <param name="location">More directives for <c>/footage/</c>.</param>
    /// <param name="server">More directives for the server, such as certificates.</param>
    /// <param name="isEncrypted">Whether it speaks TLS.</param>
    /// <param name="disk">Where it keeps what it gets; null: with all else.</param>
    public NginxServer(
        string location = "",
        string server = "",
        bool isEncrypted = false,
        string? disk = null
    )
    {
        disk ??= _folder.Path;
        Folder = Path.Combine(disk, "footage");
        Port = TestBroker.FreePort();
        Url = $"{(isEncrypted ? "https" : "http")}://127.0.0.1:{Port}/footage/";
        Directory.CreateDirectory(Folder);
        _folder.Write("users", $"{User}:{{PLAIN}}{Password}\n");
        _file = _folder.Write(
            "nginx.conf",
            $$"""
            daemon off;
            master_process off;
            pid {{_folder.Path}}/nginx.pid;
            error_log {{_folder.Path}}/error.log;
            events { }
            http {
              access_log {{_folder.Path}}/access.log;
              client_body_temp_path {{disk}}/body;
              proxy_temp_path {{_folder.Path}}/proxy;
              fastcgi_temp_path {{_folder.Path}}/fastcgi;
              uwsgi_temp_path {{_folder.Path}}/uwsgi;
              scgi_temp_path {{_folder.Path}}/scgi;
              server {
                listen 127.0.0.1:{{Port}}{{(isEncrypted ? " ssl" : "")}};
                root {{disk}};
                auth_basic footage;
                auth_basic_user_file {{_folder.Path}}/users;
                client_max_body_size 8m;
                {{server}}
                location /footage/ { dav_methods PUT; {{location}} }
              }
            }
            """
        );
        Start();
    }

    public static bool IsThere
    {
        get
        {
            try
            {
                using Process version = Process.Start(
                    new ProcessStartInfo("nginx", "-v") { RedirectStandardError = true }
                )!;
                version.WaitForExit();
                return true;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }

    public int Port { get; }

    public string Url { get; }

    /// <summary>What was sent, whole.</summary>
    public string Folder { get; }

    /// <summary>The requests it has answered.</summary>
    public IReadOnlyList<string> Requests =>
        File.ReadAllLines(Path.Combine(_folder.Path, "access.log"));

    public void Start()
    {
        _process = Process.Start(
            new ProcessStartInfo("nginx", ["-c", _file, "-e", "stderr"])
            {
                RedirectStandardError = true,
            }
        )!;
        while (!Answers())
        {
            if (_process.HasExited)
            {
                Assert.Fail($"nginx did not start: {_process.StandardError.ReadToEnd()}");
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Stops it at once, in the middle of what it does.</summary>
    public void Stop()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Stops it in its tracks, with its connections open, or lets it go on.</summary>
    public void Freeze(bool isFrozen)
    {
        using Process kill = Process.Start(
            "kill",
            [isFrozen ? "-STOP" : "-CONT", $"{_process!.Id}"]
        );
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public void Dispose()
    {
        Stop();
        _folder.Dispose();
    }

    private bool Answers()
    {
        try
        {
            using TcpClient client = new();
            client.Connect("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
