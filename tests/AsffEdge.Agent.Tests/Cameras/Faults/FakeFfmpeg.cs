using System.Diagnostics;
using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>A program in ffmpeg's place, written by the test.</summary>
public sealed class FakeFfmpeg : IDisposable
{
    /// <summary>A function for the script: <c>picture 0.05 4x2</c> announces and writes a black picture.</summary>
    private const string Picture = """
        #!/bin/bash
        picture() {
            for filter in source picture; do
                echo "[showinfo@$filter @ 0x1] n: 0 pts: 0 pts_time:$1 pos: -1 fmt:bgr24 sar:1/1 s:$2 i:P iskey:1 type:I" >&2
            done
            head -c $((3 * ${2%x*} * ${2#*x})) /dev/zero
        }

        """;

    private readonly TemporaryFolder _folder = new();

    /// <param name="script">What it does, in bash.</param>
    public FakeFfmpeg(string script)
    {
        Path = _folder.Write("ffmpeg", Picture + script + "\n");
        using Process chmod = Process.Start("chmod", ["+x", Path]);
        chmod.WaitForExit();
    }

    public string Path { get; }

    /// <summary>A camera that is read through it.</summary>
    public FfmpegSource Open() =>
        new(
            SourceAddress.Parse("rtsp://192.0.2.1/cam"),
            "tcp",
            800,
            null,
            PrivacyMask.None,
            TimeProvider.System,
            Path
        );

    public void Dispose() => _folder.Dispose();
}
