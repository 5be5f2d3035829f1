using System.Diagnostics;
using System.Globalization;

namespace AsffEdge.Agent.Tests.Cameras;

/// <summary>A real RTSP server (GStreamer) that serves one stream at <c>/cam</c>.</summary>
public sealed class RtspServer : IDisposable
{
    private readonly Process _process;

    public RtspServer(string pipeline, int port = 0, string? user = null, string? password = null)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Cameras", "rtsp_server.py");
        string[] login = user is null ? [] : [user, password!];
        _process = Process.Start(
            new ProcessStartInfo(
                "/usr/bin/python3",
                [script, pipeline, port.ToString(CultureInfo.InvariantCulture), .. login]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        string line =
            _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException(
                "the RTSP server did not start; see its messages above"
            );
        Port = int.Parse(line, CultureInfo.InvariantCulture);
    }

    public int Port { get; }

    public string Address => $"rtsp://127.0.0.1:{Port}/cam";

    /// <summary>A live H.264 stream: red, with a small ball of another red that moves.</summary>
    public static string LiveStream(int width, int height, int fps) =>
        $"( videotestsrc is-live=true pattern=ball background-color=0xffff0000 foreground-color=0xffd00000 "
        + $"! video/x-raw,width={width},height={height},framerate={fps}/1 "
        + $"! x264enc tune=zerolatency speed-preset=ultrafast key-int-max={fps} ! rtph264pay name=pay0 )";

    /// <summary>A raw H.264 file, sent as fast as the client takes it.</summary>
    public static string FileStream(string path) =>
        $"( filesrc location={path} ! h264parse ! rtph264pay name=pay0 config-interval=-1 )";

    /// <summary>Freezes the server: its connections stay open and say nothing.</summary>
    public void Pause()
    {
        using var kill = Process.Start(
            "kill",
            ["-STOP", _process.Id.ToString(CultureInfo.InvariantCulture)]
        );
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (_process.HasExited)
        {
            return;
        }

        _process.Kill();
        _process.WaitForExit();
    }
}
