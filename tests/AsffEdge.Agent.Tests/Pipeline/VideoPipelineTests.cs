using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Pipeline;

public sealed class VideoPipelineTests : IAsyncDisposable
{
    private readonly PipelineFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_file_as_fast_as_possible_has_every_frame_inferred_once_and_then_completes(
        int threads
    )
    {
        await using PipelineFixture fixture = new(threads);
        VideoPipeline pipeline = await fixture.StartAsync([
            Once("clip", fixture.Videos.Write("clip.avi", 20)),
        ]);

        await pipeline.Completion.WaitAsync(
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(Enumerable.Range(0, 20), fixture.Results.Select(result => result.Picture));
        Assert.Equal(
            Enumerable.Range(1, 20).Select(k => (long)k),
            fixture.Results.Select(result => result.Sequence)
        );
        Assert.All(
            fixture.Results,
            result => Assert.Equal((1, 0), (result.Stream, result.Skipped))
        );
        CameraStatistics statistics = Assert.Single(pipeline.Statistics);
        Assert.Equal((20, 20, 0), (statistics.Decoded, statistics.Inferred, statistics.Skipped));
        Assert.Equal(20, pipeline.InferredFrames);
        Assert.Equal((64, 48), (statistics.SourceWidth, statistics.SourceHeight));
        Assert.True(
            statistics.Total.P50 >= statistics.Inference.P50 && statistics.Inference.P50 > 0
        );
        Assert.Equal(
            (CameraState.Offline, CameraReason.Ended),
            (statistics.Status.State, statistics.Status.Reason)
        );
        Assert.Equal(
            [CameraState.Connecting, CameraState.Online, CameraState.Offline],
            fixture.States("clip").Select(status => status.State)
        );
    }

    [Fact]
    public async Task Objects_come_out_where_they_are_in_the_picture()
    {
        // At size 320 the fine cells are 16 pixels: a red cell at (64, 32) of 320×320.
        using Mat picture = ColourCells.Picture(320, 320, (new Rect(64, 32, 16, 16), Scalar.Red));
        string path = _fixture.Videos.Write("red.avi", 3, 25, picture);

        VideoPipeline pipeline = await _fixture.StartAsync(
            [Once("red", path)],
            new Profile("p", 320, 0.5f, 0.5f, null)
        );
        await pipeline.Completion.WaitAsync(
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(3, _fixture.Results.Count);
        Assert.All(
            _fixture.Results,
            result =>
            {
                DetectedObject found = Assert.Single(result.Objects);
                Assert.Equal(0, found.ClassId);
                Assert.Equal(64 / 320f, found.Box.Left, 0.001f);
                Assert.Equal(32 / 320f, found.Box.Top, 0.001f);
                Assert.Equal(80 / 320f, found.Box.Right, 0.001f);
            }
        );
    }

    [Fact]
    public async Task Cameras_that_want_more_than_there_is_get_equal_shares()
    {
        string path = _fixture.Videos.Write("clip.avi", 20);
        // Longer than decoding a frame takes, so that the detector is what is short.
        _fixture.OnResult = _ => Thread.Sleep(3);
        VideoPipeline pipeline = await _fixture.StartAsync([
            Endless("a", path),
            Endless("b", path),
            Endless("c", path),
        ]);
        await PipelineFixture.WaitUntilAsync(
            () => pipeline.Statistics.All(camera => camera.Inferred > 0),
            "a frame of each camera"
        );
        long[] before = [.. pipeline.Statistics.Select(camera => camera.Inferred)];

        await PipelineFixture.WaitUntilAsync(
            () => pipeline.InferredFrames > before.Sum() + 300,
            "300 frames"
        );

        long[] shares = [.. pipeline.Statistics.Select((camera, i) => camera.Inferred - before[i])];
        Assert.True(shares.Min() >= 0.8 * shares.Max(), $"shares {string.Join(", ", shares)}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_slow_detector_gets_the_newest_frame_and_the_others_are_counted_as_skipped(
        int threads
    )
    {
        await using PipelineFixture fixture = new(threads);
        string path = fixture.Videos.Write("clip.avi", 24, fps: 100);
        fixture.OnResult = _ => Thread.Sleep(45);
        await fixture.StartAsync([
            new CameraOptions
            {
                Id = "live",
                Source = path,
                Loop = false,
            },
        ]);

        await fixture.Pipeline.Completion.WaitAsync(
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );

        Assert.InRange(fixture.Results.Count, 3, 12);
        Assert.Equal(23, fixture.Results[^1].Picture);
        Assert.Equal(24, fixture.Results.Sum(result => 1 + result.Skipped));
        Assert.Equal(24 - fixture.Results.Count, fixture.Pipeline.Statistics[0].Skipped);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Nothing_is_allocated_on_the_inference_thread_for_a_frame(int threads)
    {
        await using PipelineFixture fixture = new(threads);
        string path = fixture.Videos.Write("clip.avi", 20);
        var meter = new AllocationMeter(from: 500, to: 2500);
        fixture.KeepsResults = false;
        await fixture.StartAsync([Endless("a", path), Endless("b", path)], null, meter);
        await PipelineFixture.WaitUntilAsync(() => meter.Bytes is not null, "400 frames");

        Assert.Equal(0, meter.Bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_switch_of_the_profile_holds_from_the_next_frame_with_its_revision(
        int threads
    )
    {
        await using PipelineFixture fixture = new(threads);
        string path = fixture.Videos.Write("clip.avi", 20);
        VideoPipeline pipeline = await fixture.StartAsync([Endless("a", path), Endless("b", path)]);
        await PipelineFixture.WaitUntilAsync(() => fixture.Results.Count > 10, "10 frames");
        var accurate = new Profile("accurate", 128, 0.5f, 0.5f, null);

        await pipeline.WarmAsync(128);
        fixture.Profiles!.Replace([PipelineFixture.Fast, accurate], 7);
        int before = fixture.Results.Count;
        await PipelineFixture.WaitUntilAsync(
            () => fixture.Results.Count > before + 20,
            "20 more frames"
        );

        // One frame may have been in work.
        IEnumerable<PipelineFixture.Seen> after = fixture.Results.Skip(before + 1).ToList();
        Assert.All(after, result => Assert.Equal(7, result.Revision));
        Assert.All(
            after.Where(result => result.Camera == "b"),
            result => Assert.Same(accurate, result.Profile)
        );
        Assert.All(
            after.Where(result => result.Camera == "a"),
            result => Assert.Equal("fast", result.Profile.Name)
        );
        Assert.Equal(2, after.Select(result => result.Camera).Distinct().Count());
    }

    [Fact]
    public async Task A_size_that_the_model_does_not_take_fails_the_warming_and_not_the_pipeline()
    {
        VideoPipeline pipeline = await _fixture.StartAsync([
            Endless("a", _fixture.Videos.Write("clip.avi", 20)),
        ]);

        ArgumentOutOfRangeException error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () =>
                pipeline.WarmAsync(321)
        );

        Assert.Contains("321", error.Message, StringComparison.Ordinal);
        long before = pipeline.InferredFrames;
        await PipelineFixture.WaitUntilAsync(
            () => pipeline.InferredFrames > before + 5,
            "more frames"
        );
    }

    [Fact]
    public async Task A_profile_s_frame_rate_cap_is_kept()
    {
        string path = _fixture.Videos.Write("clip.avi", 24, fps: 100);
        await _fixture.StartAsync(
            [new CameraOptions { Id = "a", Source = path }],
            PipelineFixture.Fast with
            {
                MaxFps = 20,
            }
        );
        await PipelineFixture.WaitUntilAsync(() => _fixture.Pipeline.InferredFrames > 0, "a frame");
        long start = TimeProvider.System.GetTimestamp();

        await PipelineFixture.WaitUntilAsync(
            () => _fixture.Pipeline.InferredFrames >= 21,
            "21 frames"
        );

        // 20 intervals of 50 ms; the first may have begun up to one poll of this test earlier.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0.9, 20);
    }

    [Fact]
    public async Task A_sink_that_throws_stops_neither_the_loop_nor_the_other_sinks()
    {
        VideoPipeline pipeline = await _fixture.StartAsync(
            [Once("clip", _fixture.Videos.Write("clip.avi", 10))],
            null,
            new ThrowingSink()
        );

        await pipeline.Completion.WaitAsync(
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(10, _fixture.Results.Count);
        Assert.Equal(10, pipeline.SinkFailures);
    }

    [Fact]
    public async Task Inference_that_always_fails_is_told_to_the_sinks_and_faults_the_completion()
    {
        FailureSink failures = new();
        VideoPipeline pipeline = await _fixture.StartAsync(
            [Endless("a", _fixture.Videos.Write("clip.avi", 20))],
            null,
            failures
        );
        await PipelineFixture.WaitUntilAsync(() => pipeline.InferredFrames > 0, "a frame");

        // A size the model does not take, selected without warming it.
        _fixture.Profiles!.Replace([PipelineFixture.Fast with { Size = 65 }], 1);

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            pipeline.Completion.WaitAsync(
                TimeSpan.FromSeconds(30),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("20 times in a row", error.Message, StringComparison.Ordinal);
        Assert.Equal(20, pipeline.Statistics[0].InferenceFailures);
        Assert.Equal(Enumerable.Repeat(1L, 20), failures.Changes);
    }

    [Fact]
    public async Task One_bad_camera_says_what_is_wrong_and_leaves_the_others_alone()
    {
        string text = _fixture.Videos.PathOf("text.avi");
        await File.WriteAllTextAsync(text, "no video", TestContext.Current.CancellationToken);
        string missing = _fixture.Videos.PathOf("missing.avi");
        string good = _fixture.Videos.Write("good.avi", 20, fps: 50);

        VideoPipeline pipeline = await _fixture.StartAsync([
            new CameraOptions { Id = "missing", Source = missing },
            new CameraOptions { Id = "text", Source = text },
            new CameraOptions { Id = "nonsense", Source = "http://somewhere/video" },
            new CameraOptions
            {
                Id = "off",
                Source = missing,
                Enabled = false,
            },
            new CameraOptions { Id = "good", Source = good },
        ]);

        await PipelineFixture.WaitUntilAsync(
            () => pipeline.Statistics[4].Inferred > 40,
            "frames of the good camera"
        );
        Assert.Equal(
            [
                CameraState.Error,
                CameraState.Error,
                CameraState.Error,
                CameraState.Disabled,
                CameraState.Online,
            ],
            pipeline.Statistics.Select(camera => camera.Status.State)
        );
        Assert.Equal(CameraReason.NotFound, pipeline.Statistics[0].Status.Reason);
        Assert.Contains(missing, pipeline.Statistics[0].Status.Detail, StringComparison.Ordinal);
        Assert.Contains(text, pipeline.Statistics[1].Status.Detail, StringComparison.Ordinal);
        Assert.Contains("http", pipeline.Statistics[2].Status.Detail, StringComparison.Ordinal);
        Assert.False(pipeline.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_file_that_appears_later_is_picked_up()
    {
        string path = _fixture.Videos.PathOf("late.avi");
        VideoPipeline pipeline = await _fixture.StartAsync([
            new CameraOptions { Id = "late", Source = path },
        ]);
        await PipelineFixture.WaitUntilAsync(
            () => pipeline.Statistics[0].Status.State == CameraState.Error,
            "the missing file is noticed"
        );

        string elsewhere = _fixture.Videos.Write("other.avi", 5);
        File.Move(elsewhere, path);

        await PipelineFixture.WaitUntilAsync(
            () => pipeline.InferredFrames > 0,
            "a frame of the new file"
        );
        Assert.Equal(CameraState.Online, pipeline.Statistics[0].Status.State);
    }

    [Fact]
    public async Task A_restarted_camera_comes_back_on_a_new_stream_at_once()
    {
        string path = _fixture.Videos.Write("clip.avi", 20, fps: 0.5);
        VideoPipeline pipeline = await _fixture.StartAsync([
            new CameraOptions { Id = "slow", Source = path },
        ]);
        await PipelineFixture.WaitUntilAsync(() => pipeline.InferredFrames == 1, "the first frame");

        pipeline.RestartCamera("slow");

        await PipelineFixture.WaitUntilAsync(
            () => pipeline.InferredFrames == 2,
            "the first frame again"
        );
        Assert.Equal(
            [(0, 1), (0, 2)],
            _fixture.Results.Select(result => (result.Picture, result.Stream))
        );
        Assert.Equal(1, pipeline.Statistics[0].Reconnects);
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            pipeline.RestartCamera("nobody")
        );
        Assert.Contains("slow", error.Message, StringComparison.Ordinal);
    }

    private static CameraOptions Once(string id, string path) =>
        new()
        {
            Id = id,
            Source = path,
            Loop = false,
            RealTime = false,
        };

    private static CameraOptions Endless(string id, string path) =>
        Once(id, path) with
        {
            Loop = true,
        };

    private sealed class ThrowingSink : IFrameResultSink
    {
        public void OnFrame(FrameResult result) => throw new IOException("the sink is broken");
    }

    /// <summary>What the inference thread allocated between two of its frames.</summary>
    private sealed class AllocationMeter(int from, int to) : IFrameResultSink
    {
        private int _frames;
        private long _before;

        public long? Bytes { get; private set; }

        public void OnFrame(FrameResult result)
        {
            _frames++;
            if (_frames == from)
            {
                _before = ThreadAllocations.SoFar();
            }
            else if (_frames == to)
            {
                Bytes = GC.GetAllocatedBytesForCurrentThread() - _before;
            }
        }
    }

    /// <summary>Notes under which change of profiles each failure was.</summary>
    private sealed class FailureSink : IFrameResultSink
    {
        public List<long> Changes { get; } = [];

        public void OnFrame(FrameResult result) { }

        public void OnFailure(long change) => Changes.Add(change);
    }
}
