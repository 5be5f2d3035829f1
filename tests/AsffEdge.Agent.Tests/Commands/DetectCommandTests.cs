using System.Diagnostics;
using System.Text.Json;
using AsffEdge.Agent.Tests.Cameras;
using AsffEdge.Agent.Tests.Pipeline;
using AsffEdge.Detection.Tests;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Commands;

[Trait("Category", "System")]
public sealed class DetectCommandTests : IDisposable
{
    private readonly ColourCells _models = new();
    private readonly TestVideo _files = new();
    private readonly string _model;
    private readonly string _picture;

    public DetectCommandTests()
    {
        _model = _models.Write();
        _picture = _files.PathOf("cell.png");

        // At size 320 the fine cells are 16 pixels: one red cell.
        using Mat cell = ColourCells.Picture(320, 320, (new Rect(64, 32, 16, 16), Scalar.Red));
        Assert.True(Cv2.ImWrite(_picture, cell));
    }

    public void Dispose()
    {
        _models.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task A_picture_gives_a_line_and_an_annotated_picture()
    {
        string drawn = _files.PathOf("drawn.png");

        AgentProgram.Outcome outcome = await DetectAsync(_picture, "--draw", drawn);

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        JsonElement line = JsonElement.Parse(Assert.Single(outcome.Lines));
        Assert.Equal(_picture, line.GetProperty("source").GetString());
        Assert.Equal(320, line.GetProperty("frame").GetProperty("width").GetInt32());
        Assert.Equal("colour-cells", line.GetProperty("net").GetProperty("model").GetString());
        JsonElement found = Assert.Single(line.GetProperty("detections").EnumerateArray());
        Assert.Equal("red or green", found.GetProperty("class").GetString());
        Assert.Equal(
            [0.2, 0.1, 0.05, 0.05],
            found.GetProperty("box").EnumerateArray().Select(edge => edge.GetDouble())
        );

        using Mat before = Cv2.ImRead(_picture);
        using Mat after = Cv2.ImRead(drawn);
        using var difference = new Mat();
        Cv2.Absdiff(before, after, difference);
        using Mat changed = difference.CvtColor(ColorConversionCodes.BGR2GRAY);
        Assert.Equal(before.Size(), after.Size());
        Assert.InRange(Cv2.CountNonZero(changed), 50, 8000);
        // The box's left edge, and far away nothing.
        Assert.NotEqual(0, changed.At<byte>(40, 64));
        Assert.Equal(0, changed.At<byte>(300, 300));
    }

    [Theory]
    [InlineData("0.5", 1)]
    [InlineData("1", 0)]
    public async Task A_RetinaNet_gives_the_same_line(string score, int expected)
    {
        AgentProgram.Outcome outcome = await AgentProgram.RunAsync([
            "detect",
            _picture,
            "--model",
            _models.WriteRetina(),
            "--score",
            score,
        ]);

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        JsonElement line = JsonElement.Parse(Assert.Single(outcome.Lines));
        Assert.Equal(
            "colour-cells-retina",
            line.GetProperty("net").GetProperty("model").GetString()
        );
        JsonElement[] found = [.. line.GetProperty("detections").EnumerateArray()];
        Assert.Equal(expected, found.Length);
        foreach (JsonElement each in found)
        {
            Assert.Equal("red or green", each.GetProperty("class").GetString());
            Assert.Equal(
                [0.2, 0.1, 0.05, 0.05],
                each.GetProperty("box").EnumerateArray().Select(edge => edge.GetDouble())
            );
        }
    }

    [Fact]
    public async Task A_video_gives_every_nth_frame_up_to_the_limit_and_an_annotated_video()
    {
        string video = _files.Write("clip.avi", 20);
        string folder = _files.PathOf("out");

        AgentProgram.Outcome outcome = await DetectAsync(
            video,
            "--every",
            "4",
            "--limit",
            "3",
            "--draw",
            folder
        );

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        Assert.Equal(
            [1L, 5L, 9L],
            outcome.Lines.Select(text => JsonElement.Parse(text).GetProperty("seq").GetInt64())
        );
        using var drawn = new VideoCapture(Path.Combine(folder, "clip.mp4"));
        Assert.Equal(3, drawn.FrameCount);
        Assert.Equal((64, 48), (drawn.FrameWidth, drawn.FrameHeight));
    }

    [Fact]
    public async Task What_cannot_be_read_is_named_and_the_rest_is_done()
    {
        string text = _files.PathOf("text.jpg");
        await File.WriteAllTextAsync(text, "no picture", TestContext.Current.CancellationToken);
        string empty = _files.Write("empty.avi", 0);
        string missing = _files.PathOf("missing.png");

        AgentProgram.Outcome outcome = await DetectAsync(text, empty, missing, _picture);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Single(outcome.Lines);
        string[] errors = outcome.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, errors.Length);
        Assert.All(
            errors.Zip([text, empty, missing]),
            pair => Assert.Contains(pair.Second, pair.First, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("cell.png/below")]
    [InlineData("drawn.unknown")]
    public async Task A_place_that_cannot_be_written_is_named(string place)
    {
        string path = _files.PathOf(place);

        AgentProgram.Outcome outcome = await DetectAsync(_picture, "--draw", path);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(path, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_s_pictures_and_videos_are_taken_and_equal_names_do_not_collide()
    {
        string second = _files.PathOf("second");
        Directory.CreateDirectory(second);
        File.Copy(_picture, Path.Combine(second, "cell.png"));
        string folder = _files.PathOf("out");

        AgentProgram.Outcome outcome = await DetectAsync(_files.Folder, second, "--draw", folder);

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        Assert.Equal(2, outcome.Lines.Length);
        Assert.Equal(
            ["cell-2.png", "cell.png"],
            Directory.GetFiles(folder).Select(file => Path.GetFileName(file)!).Order()
        );
    }

    [Fact]
    public async Task A_stream_is_read_and_one_that_is_not_there_is_a_failure()
    {
        using var server = new RtspServer(RtspServer.LiveStream(320, 180, 10));

        AgentProgram.Outcome good = await DetectAsync(server.Address, "--limit", "3");
        AgentProgram.Outcome bad = await DetectAsync(
            $"rtsp://user:secret@127.0.0.1:{server.Port}/nowhere"
        );

        Assert.True(good.ExitCode == 0, good.Errors);
        Assert.Equal(3, good.Lines.Length);
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("***@127.0.0.1", bad.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", bad.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killing_the_program_leaves_no_child()
    {
        using var server = new RtspServer(RtspServer.LiveStream(320, 180, 10));
        using Process program = AgentProgram.Start("detect", "--model", _model, server.Address);
        Assert.NotNull(
            await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
        );
        int child = Assert.Single(ChildProcesses.Of(program.Id, "ffmpeg"));

        // SIGKILL: the program itself can do nothing any more.
        program.Kill();

        await PipelineFixture.WaitUntilAsync(
            () => !ChildProcesses.IsRunning(child),
            "the child has ended",
            10
        );
    }

    [Theory]
    [InlineData("--size", "321")]
    [InlineData("--score", "1.5")]
    [InlineData("--every", "0")]
    [InlineData("--nonsense")]
    public async Task Wrong_usage_ends_with_2_and_says_what_is_wrong(params string[] options)
    {
        AgentProgram.Outcome outcome = await DetectAsync([_picture, .. options]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(options[^1], outcome.Errors, StringComparison.Ordinal);
    }

    private Task<AgentProgram.Outcome> DetectAsync(params string[] arguments) =>
        AgentProgram.RunAsync(["detect", "--model", _model, .. arguments]);
}
