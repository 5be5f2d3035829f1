using System.Diagnostics;
using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>Children that do not behave.</summary>
[Trait("Category", "System")]
public sealed class FakeFfmpegTests : IDisposable
{
    private readonly CapturedFrame _frame = new();

    public void Dispose() => _frame.Dispose();

    [Theory]
    [InlineData("1x1")]
    [InlineData("1x2161")]
    [InlineData("4097x3")]
    [InlineData("641x359")]
    public void Pictures_of_any_size_are_taken(string size)
    {
        using FakeFfmpeg ffmpeg = new($"picture 0 {size}; picture 1 {size}");
        using FfmpegSource source = ffmpeg.Open();

        Assert.True(source.Read(_frame));
        Assert.True(source.Read(_frame));

        Assert.Equal(size, $"{_frame.Picture.Width}x{_frame.Picture.Height}");
        Assert.Equal(size, $"{_frame.SourceWidth}x{_frame.SourceHeight}");
        Assert.Equal(
            CameraReason.Ended,
            Assert.Throws<CameraException>(() => source.Read(_frame)).Reason
        );
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void A_gigabyte_on_standard_error_is_read_in_a_few_kilobytes()
    {
        using FakeFfmpeg ffmpeg = new(
            "yes '[h264 @ 0x1] something is not as it should be' | head -c 1000000000 >&2; exit 1"
        );
        using FfmpegSource source = ffmpeg.Open();
        long start = Stopwatch.GetTimestamp();
        long before = GC.GetAllocatedBytesForCurrentThread();

        CameraException error = Assert.Throws<CameraException>(() => source.Read(_frame));

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{error.Message} after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, {allocated} bytes allocated"
        );
        // On a machine that is busy the first frame's deadline may come before the gigabyte's end.
        Assert.Contains(error.Reason, (string[])[CameraReason.Failed, CameraReason.TimedOut]);
        Assert.InRange(allocated, 0, 100_000);
    }

    [Fact]
    public void A_gigabyte_of_pictures_that_were_not_announced_is_not_read()
    {
        using FakeFfmpeg ffmpeg = new("head -c 1000000000 /dev/zero");
        FfmpegSource source = ffmpeg.Open();

        CameraException error = Assert.Throws<CameraException>(() => source.Read(_frame));

        Assert.Equal(CameraReason.Failed, error.Reason);
        int child = source.ProcessId;
        source.Dispose();
        AssertEnds(child);
    }

    [Fact]
    public async Task A_child_that_talks_without_end_is_left_at_the_deadline()
    {
        using FakeFfmpeg ffmpeg = new("exec 1>&-; while :; do echo nonsense >&2; done");
        using FfmpegSource source = ffmpeg.Open();

        CameraException error = await Task.Run(
                () => Assert.Throws<CameraException>(() => source.Read(_frame)),
                TestContext.Current.CancellationToken
            )
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(CameraReason.Failed, error.Reason);
    }

    [Fact]
    public async Task A_child_that_ignores_being_asked_to_end_is_left_at_once_and_killed()
    {
        using FakeFfmpeg ffmpeg = new("trap '' TERM; picture 0 4x2; while :; do sleep 1; done");
        FfmpegSource source = ffmpeg.Open();
        Assert.True(source.Read(_frame));
        Task<bool> reading = Task.Run(
            () => source.Read(_frame),
            TestContext.Current.CancellationToken
        );

        int child = source.ProcessId;
        long start = Stopwatch.GetTimestamp();
        source.Cancel();
        Assert.False(
            await reading.WaitAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken)
        );
        source.Dispose();

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 4);
        AssertEnds(child);
    }

    [Fact]
    public void What_a_child_started_ends_with_it_and_is_not_waited_for()
    {
        // The sleepers hold its pipes open, so that these never end by themselves.
        using FakeFfmpeg ffmpeg = new("sleep 1000 & sleep 1000 & picture 0 4x2; exit 0");
        FfmpegSource source = ffmpeg.Open();
        Assert.True(source.Read(_frame));
        int child = source.ProcessId;

        long start = Stopwatch.GetTimestamp();
        CameraException error = Assert.Throws<CameraException>(() => source.Read(_frame));
        Assert.Equal(CameraReason.Ended, error.Reason);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 4);
        Assert.NotEmpty(ChildProcesses.InGroup(child));

        source.Dispose();

        AssertEnds(child);
    }

    /// <summary>What was killed takes a moment to end.</summary>
    private static void AssertEnds(int group) =>
        Assert.True(
            SpinWait.SpinUntil(
                () => ChildProcesses.InGroup(group).Length == 0,
                TimeSpan.FromSeconds(5)
            ),
            "processes of the group are left"
        );
}
