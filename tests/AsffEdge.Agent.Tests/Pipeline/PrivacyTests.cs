using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection.Tests;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Pipeline;

public sealed class PrivacyTests : IAsyncDisposable
{
    private readonly PipelineFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_under_a_mask_reaches_the_detector_a_snapshot_or_a_drawing(
        bool isMasked
    )
    {
        // At size 320 the fine cells are 16 pixels: one of them red, and it is what the detector finds.
        var cell = new Rect(64, 32, 16, 16);
        using Mat picture = ColourCells.Picture(320, 320, (cell, Scalar.Red));
        string path = _fixture.Videos.Write("red.avi", 3, 25, picture);
        double redness = 0;
        _fixture.OnResult = result =>
        {
            using Mat snapshot = result.Image![cell].Clone();
            redness += Cv2.Sum(snapshot).Val2;
        };

        VideoPipeline pipeline = await _fixture.StartAsync(
            [
                new CameraOptions
                {
                    Id = "yard",
                    Source = path,
                    Loop = false,
                    RealTime = false,
                    Masks = isMasked
                        ? new Dictionary<string, MaskOptions>
                        {
                            ["window"] = new(["0.2 0.1", "0.25 0.1", "0.25 0.15", "0.2 0.15"]),
                        }
                        : [],
                },
            ],
            new Profile("p", 320, 0.5f, 0.5f, null)
        );
        await pipeline.Completion.WaitAsync(
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(3, _fixture.Results.Count);
        Assert.All(
            _fixture.Results,
            result => Assert.Equal(isMasked ? 0 : 1, result.Objects.Length)
        );
        Assert.Equal(isMasked, redness == 0);
    }
}
