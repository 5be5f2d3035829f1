using System.Diagnostics;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Tests.Footage;

/// <summary>A scene in which nothing happens, as a real camera gives it: one frame of the surveillance clip with a sensor's noise, encoded in H.264, seen by the demo model.</summary>
[Trait("Category", "System")]
public sealed class StaticSceneTests : IDisposable
{
    private const int Frames = 200;

    private static readonly string Clip = Path.Combine(Repository.Root, ".data", "vtest.avi");
    private static readonly string Model = Path.Combine(
        Repository.Root,
        "models",
        "pedestrian.onnx"
    );

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nine_of_ten_frames_of_it_are_dropped_and_of_a_scene_that_moves_far_fewer()
    {
        Assert.SkipUnless(File.Exists(Clip), "needs the clip that 'make setup' fetches");

        (int kept, int dropped) still = await CollectAsync(
            Encode("-ss 20 -i", "-frames:v 200 -vf loop=loop=-1:size=1,noise=alls=6:allf=t")
        );
        (int kept, int dropped) moving = await CollectAsync(Encode("-ss 20 -i", "-frames:v 200"));

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"still: {still.kept} kept, {still.dropped} dropped; moving: {moving.kept} kept, {moving.dropped} dropped"
        );
        Assert.Equal(Frames, still.kept + still.dropped);
        Assert.InRange(still.dropped / (double)Frames, 0.9, 1);
        Assert.InRange(moving.dropped / (double)(moving.kept + moving.dropped), 0, 0.5);
    }

    // Every frame is chosen, so what is dropped is dropped as a near-duplicate.
    private static async Task<(int Kept, int Dropped)> CollectAsync(string video)
    {
        await using WriterFixture fixture = new(
            new FootageOptions
            {
                MinGapS = 0,
                Policies = new()
                {
                    Interval = new() { Share = 1, EveryS = 0.001 },
                },
                Budget = new() { MbPerDay = 1_000_000, MinFreeMb = 0 },
            }
        );
        await fixture.StartAsync();
        using LoadedModel model = new(Detector.Open(Model, new DetectorOptions { Threads = 1 }));
        ModelManifest manifest = model.Detector.Manifest;
        Profile profile = new("p", 320, manifest.Thresholds.Score, manifest.Thresholds.Nms, null);
        VideoPipeline pipeline = new(
            [
                new CameraOptions
                {
                    Id = "gate",
                    Source = video,
                    Loop = false,
                    RealTime = false,
                },
            ],
            model,
            new ProfileSelection([profile], 0),
            [new OneByOne(fixture)],
            [],
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        await using (pipeline)
        {
            await pipeline.StartAsync(TestContext.Current.CancellationToken);
            await pipeline.Completion.WaitAsync(
                TimeSpan.FromSeconds(120),
                TestContext.Current.CancellationToken
            );
        }

        await PipelineFixture.WaitUntilAsync(
            () =>
                fixture.Writer.Status is var status
                && status.Kept.Sum() + status.Duplicates == Frames,
            "all are dealt with"
        );
        return ((int)fixture.Writer.Status.Kept.Sum(), (int)fixture.Writer.Status.Duplicates);
    }

    private string Encode(string before, string after)
    {
        string path = Path.Combine(_folder.Path, $"{Guid.NewGuid():N}.mp4");
        using Process ffmpeg = Process.Start(
            "ffmpeg",
            $"-v error {before} {Clip} {after} -c:v libx264 -preset veryfast -crf 26 -pix_fmt yuv420p {path}"
        );
        ffmpeg.WaitForExit();
        Assert.Equal(0, ffmpeg.ExitCode);
        return path;
    }

    // The test's clock moves on with each frame, and no frame is missed.
    private sealed class OneByOne(WriterFixture fixture) : IFrameResultSink
    {
        public void OnFrame(FrameResult result)
        {
            SpinWait.SpinUntil(() => !fixture.Sink.Ring.IsFull, TimeSpan.FromSeconds(10));
            fixture.Time.Advance(TimeSpan.FromSeconds(0.1));
            while (
                fixture.Writer.Status is var status
                && status.Kept.Sum() + status.Duplicates < _shown
            )
            {
                Thread.Sleep(1);
            }

            result.TimestampUtc = fixture.Time.GetUtcNow().UtcDateTime;
            fixture.Sink.OnFrame(result);
            _shown++;
        }

        private int _shown;
    }
}
