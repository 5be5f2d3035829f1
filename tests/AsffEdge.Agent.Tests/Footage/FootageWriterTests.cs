using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Health;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Footage;

public sealed class FootageWriterTests
{
    [Fact]
    public async Task A_frame_is_written_as_a_picture_with_what_was_found_in_it()
    {
        await using WriterFixture fixture = new(WriterFixture.EveryFrame);
        await fixture.StartAsync();
        using Mat picture = WriterFixture.Picture(1);

        await fixture.ShowAsync(
            picture,
            WriterFixture.Object(0.25f),
            WriterFixture.Object(0.9f, 1)
        );

        StoredFrame frame = Assert.Single(fixture.Frames);
        Assert.Equal("gate/2026-03-01/090001.000.jpg", frame.Name);
        using Mat written = Cv2.ImRead(frame.Path);
        Assert.Equal(new Size(320, 240), written.Size());
        Assert.InRange(Cv2.Norm(picture, written, NormTypes.L1) / written.Total(), 0, 12);
        Assert.Equal(
            ("interval", "fast", 320, 0.5f, 320, 240),
            (
                frame.Entry.Policy,
                frame.Entry.Profile,
                frame.Entry.InputSize,
                frame.Entry.ScoreThreshold,
                frame.Entry.Width,
                frame.Entry.Height
            )
        );
        Assert.Equal(DifferenceHash.Of(picture).ToString(), frame.Entry.Dhash);

        // The second is cut at the picture's edge.
        Assert.Equal(
            [
                new FoundObject(0, 0.8f, 80, 96, 144, 144),
                new FoundObject(1, 0.8f, 288, 96, 320, 144),
            ],
            frame.Entry.Objects
        );
        FootageStatus status = fixture.Writer.Status;
        Assert.Equal(
            (1, frame.Entry.Size, frame.Entry.Size),
            (status.Pictures, status.Bytes, status.BytesToday)
        );
        Assert.Equal(1, status.Kept[(int)FootagePolicy.Interval]);
    }

    [Fact]
    public async Task What_looks_the_same_with_the_same_objects_is_dropped_also_after_a_restart()
    {
        using TemporaryFolder state = new();
        using Mat picture = WriterFixture.Picture(1);
        using Mat brighter = picture + new Scalar(8, 8, 8);
        using Mat other = WriterFixture.Picture(2);
        await using (WriterFixture fixture = new(WriterFixture.EveryFrame, state.Path))
        {
            await fixture.StartAsync();
            await fixture.ShowAsync(picture, WriterFixture.Object(0.25f));
            await fixture.ShowAsync(brighter, WriterFixture.Object(0.26f));
            Assert.Single(fixture.Frames);

            await fixture.ShowAsync(picture, WriterFixture.Object(0.5f));
            await fixture.ShowAsync(picture, WriterFixture.Object(0.25f, classId: 1));
            await fixture.ShowAsync(picture);
            await fixture.ShowAsync(other, WriterFixture.Object(0.25f));
            Assert.Equal(5, fixture.Frames.Count);
            Assert.Equal(1, fixture.Writer.Status.Duplicates);
        }

        await using WriterFixture next = new(WriterFixture.EveryFrame, state.Path);
        await next.StartAsync();
        await next.ShowAsync(picture, WriterFixture.Object(0.25f));
        Assert.Equal((5, 1L), (next.Frames.Count, next.Writer.Status.Duplicates));
    }

    [Fact]
    public async Task What_is_asked_for_is_kept_even_if_it_is_there_already()
    {
        await using WriterFixture fixture = new(WriterFixture.EveryFrame);
        await fixture.StartAsync();
        using Mat picture = WriterFixture.Picture(1);
        CollectRequest request = new(frames: 3, gapS: 0);
        fixture.Sink.Cameras[0].Request = request;

        for (int frame = 0; frame < 3; frame++)
        {
            await fixture.ShowAsync(picture);
        }

        await request.Done.WaitAsync(
            TimeSpan.FromSeconds(10),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(3, request.Kept);
        Assert.All(fixture.Frames, frame => Assert.Equal("command", frame.Entry.Policy));
    }

    [Fact]
    public async Task When_the_day_is_spent_it_waits_for_the_next()
    {
        await using WriterFixture fixture = new(
            WriterFixture.EveryFrame with
            {
                Budget = new() { MbPerDay = 1, MinFreeMb = 0 },
                Policies = new()
                {
                    Interval = new() { Share = 1, EveryS = 0.1 },
                },
            }
        );
        await fixture.StartAsync();
        CollectRequest request = new(frames: 1000, gapS: 0);
        fixture.Sink.Cameras[0].Request = request;
        for (int frame = 0; fixture.Sink.IsOpen; frame++)
        {
            using Mat large = WriterFixture.Picture(frame, 1200, 800);
            await fixture.ShowAsync(large);
        }

        await WriterFixture.UntilAsync(() => request.IsOver, "the request is refused");
        IOException error = await Assert.ThrowsAsync<IOException>(() => request.Done);
        Assert.Contains("footage.budget.mb_per_day", error.Message, StringComparison.Ordinal);
        Assert.InRange(fixture.Frames.Sum(frame => frame.Entry.Size), 500_000, 1 << 20);
        Assert.Null(fixture.Writer.Status.Problem);
        Assert.Single(fixture.Log, line => line.Contains("are spent", StringComparison.Ordinal));

        fixture.Time.Advance(TimeSpan.FromDays(1));
        await WriterFixture.UntilAsync(() => fixture.Sink.IsOpen, "a new day begins");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_said_and_tried_again()
    {
        using TemporaryFolder state = new();
        string obstacle = state.Write("footage", "no folder");
        await using WriterFixture fixture = new(WriterFixture.EveryFrame, state.Path);
        await fixture.Writer.StartAsync(TestContext.Current.CancellationToken);
        await WriterFixture.UntilAsync(
            () => fixture.Writer.Status.Problem is not null,
            "the problem is told"
        );
        Assert.False(fixture.Sink.IsOpen);
        Degradation found = Assert.Single(fixture.Degradations.Standing);
        Assert.Equal(HealthCode.FootageStopped, found.Code);
        Assert.Contains(obstacle, found.Detail, StringComparison.Ordinal);

        File.Delete(obstacle);
        fixture.Time.Advance(TimeSpan.FromSeconds(6));
        await WriterFixture.UntilAsync(() => fixture.Sink.IsOpen, "it goes on");
        using Mat picture = WriterFixture.Picture(1);
        await fixture.ShowAsync(picture);

        Assert.Single(fixture.Frames);
        Assert.Empty(fixture.Degradations.Standing);
        Assert.Single(fixture.Log, line => line.Contains("kept again", StringComparison.Ordinal));
    }
}
