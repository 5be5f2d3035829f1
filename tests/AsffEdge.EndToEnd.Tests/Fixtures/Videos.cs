using AsffEdge.EndToEnd.Tests.Fixtures;

[assembly: AssemblyFixture(typeof(Videos))]
[assembly: Trait("Category", "System")]

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>The surveillance clip as H.264, made once for all tests, for the RTSP server to serve.</summary>
public sealed class Videos : IAsyncLifetime
{
    /// <summary>Number, from 1, of the first frame of <see cref="Unseen"/>.</summary>
    public const int FirstUnseen = 596;

    /// <summary>Number of the clip's last frame.</summary>
    public const int LastFrame = 795;

    private readonly TemporaryFolder _folder = new();

    /// <summary>The whole clip, 768×576, ten frames a second; frame n is frame n of the clip.</summary>
    public string Clip => Path.Combine(_folder.Path, "clip.mp4");

    /// <summary>The clip from its 300th frame on, mirrored and scaled to 640×480: another camera of another shape.</summary>
    public string Mirrored => Path.Combine(_folder.Path, "mirrored.mp4");

    /// <summary>The clip's frames from number <see cref="FirstUnseen"/> on, which the demo model was not trained on.</summary>
    public string Unseen => Path.Combine(_folder.Path, "unseen.mp4");

    public async ValueTask InitializeAsync()
    {
        Assert.True(
            File.Exists(TestPaths.Clip),
            $"{TestPaths.Clip} is missing: 'make setup' fetches it"
        );
        await EncodeAsync(Clip, "-i", TestPaths.Clip);
        await EncodeAsync(
            Mirrored,
            "-ss",
            "30",
            "-i",
            TestPaths.Clip,
            "-vf",
            "hflip,scale=640:480"
        );
        await EncodePartAsync(Unseen, FirstUnseen, LastFrame);
    }

    /// <summary>Makes a file of the clip's frames from one number, from 1, to another, included.</summary>
    public static Task EncodePartAsync(string file, int first, int last) =>
        EncodeAsync(
            file,
            "-i",
            TestPaths.Clip,
            "-vf",
            $"trim=start_frame={first - 1}:end_frame={last},setpts=PTS-STARTPTS"
        );

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task EncodeAsync(string file, params IEnumerable<string> input)
    {
        // A key frame every two seconds and no reordering, as a camera does.
        string[] encoder =
        [
            .. "-an -c:v libx264 -preset veryfast -crf 20 -g 20 -bf 0 -pix_fmt yuv420p".Split(' '),
        ];
        (int code, _, string error) = await ChildProcess.RunAsync(
            TimeSpan.FromMinutes(2),
            "ffmpeg",
            ["-nostdin", "-v", "error", .. input, .. encoder, file]
        );
        Assert.True(code == 0, $"ffmpeg could not make {file}: {error}");
    }
}
