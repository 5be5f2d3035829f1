using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class SourceAddressTests
{
    [Theory]
    [InlineData("rtsp://10.0.0.7/stream", SourceKind.Rtsp)]
    [InlineData("RTSPS://cam.example/stream", SourceKind.Rtsp)]
    [InlineData("/dev/video0", SourceKind.Device)]
    [InlineData("/dev/video12", SourceKind.Device)]
    [InlineData("/dev/videos/a.mp4", SourceKind.File)]
    [InlineData("/dev/video", SourceKind.File)]
    [InlineData("clips/a b.avi", SourceKind.File)]
    public void The_kind_follows_from_how_it_is_written(string source, SourceKind kind)
    {
        Assert.Equal(kind, SourceAddress.Parse(source).Kind);
    }

    [Fact]
    public void A_device_has_an_index() =>
        Assert.Equal(12, SourceAddress.Parse("/dev/video12").DeviceIndex);

    [Theory]
    [InlineData("rtsp://10.0.0.7:8554/a", "rtsp://10.0.0.7:8554/a")]
    [InlineData("rtsp://admin:pass@10.0.0.7/a", "rtsp://***@10.0.0.7/a")]
    [InlineData("rtsp://admin:pa@ss@10.0.0.7/a", "rtsp://***@10.0.0.7/a")]
    [InlineData("rtsp://admin:pa/ss@10.0.0.7/a", "rtsp://***@10.0.0.7/a")]
    [InlineData("rtsp://admin@10.0.0.7", "rtsp://***@10.0.0.7")]
    [InlineData("rtsp://10.0.0.7/a?user=u&password=p", "rtsp://10.0.0.7/a?***")]
    [InlineData("rtsp://u:p@10.0.0.7/a?password=p@q", "rtsp://***@10.0.0.7/a?***")]
    public void What_is_shown_holds_no_secret(string source, string shown)
    {
        SourceAddress address = SourceAddress.Parse(source);

        Assert.Equal(shown, address.Display);
        Assert.Equal(source, address.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("http://u:secret@host/a.mp4")]
    [InlineData("rtsp://u:secret@host/a\nfile /etc/passwd")]
    public void What_cannot_be_read_is_refused_saying_what_can(string source)
    {
        FormatException error = Assert.Throws<FormatException>(() => SourceAddress.Parse(source));

        Assert.Contains("rtsp://", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
