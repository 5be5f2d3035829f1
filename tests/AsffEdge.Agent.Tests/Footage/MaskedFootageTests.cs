using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Pipeline;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Footage;

public sealed class MaskedFootageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_under_a_mask_is_black_in_what_is_written(bool isMasked)
    {
        await using PipelineFixture pipeline = new();
        await using WriterFixture fixture = new(WriterFixture.EveryFrame);
        await fixture.StartAsync();
        using Mat white = new(320, 320, MatType.CV_8UC3, Scalar.White);
        CameraOptions camera = new()
        {
            Id = "gate",
            Source = pipeline.Videos.Write("white.avi", 3, 25, white),
            Loop = false,
            RealTime = false,
            Masks = isMasked
                ? new Dictionary<string, MaskOptions>
                {
                    ["window"] = new(["0.25 0.25", "0.5 0.25", "0.5 0.5", "0.25 0.5"]),
                }
                : [],
        };

        VideoPipeline running = await pipeline.StartAsync([camera], null, fixture.Sink);
        await running.Completion.WaitAsync(
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );
        await WriterFixture.UntilAsync(() => fixture.Frames.Count > 0, "a frame is written");

        using Mat written = Cv2.ImRead(fixture.Frames[0].Path, ImreadModes.Grayscale);
        using Mat under = written[new Rect(82, 82, 76, 76)];
        using Mat beside = written[new Rect(170, 82, 76, 76)];
        under.MinMaxLoc(out double _, out double brightest);
        beside.MinMaxLoc(out double darkest, out double _);
        Assert.InRange(brightest, isMasked ? 0 : 240, isMasked ? 12 : 255);
        Assert.InRange(darkest, 200, 255);
    }
}
