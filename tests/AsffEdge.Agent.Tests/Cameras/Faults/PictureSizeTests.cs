using AsffEdge.Agent.Cameras;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>Streams of sizes that no camera should have.</summary>
[Trait("Category", "System")]
public sealed class PictureSizeTests
{
    [Theory]
    [InlineData(321, 181, 321, 181)]
    [InlineData(17, 1201, 17, 1201)]
    [InlineData(1601, 901, 1422, 800)]
    public void Odd_sizes_are_read(int width, int height, int gotWidth, int gotHeight) =>
        AssertSize(
            EncodedVideo.Moving(width, height, source: "rgbtestsrc", pixels: "yuv444p"),
            new Size(gotWidth, gotHeight),
            (width, height)
        );

    [Fact]
    [Trait("Category", "Slow")]
    public void A_picture_of_8192_pixels_a_side_is_scaled_down_in_the_child() =>
        AssertSize(
            EncodedVideo.Moving(8192, 8192, frames: 3, source: "color"),
            new Size(800, 800),
            (8192, 8192)
        );

    private static void AssertSize(EncodedVideo video, Size picture, (int, int) source)
    {
        using FaultRtspServer server = new(video) { Fps = 8 };
        using WatchedCamera camera = new(server.Address);

        CapturedFrame frame = camera.Next(60);

        Assert.Equal(picture, frame.Picture.Size());
        Assert.Equal(source, (frame.SourceWidth, frame.SourceHeight));
    }
}
