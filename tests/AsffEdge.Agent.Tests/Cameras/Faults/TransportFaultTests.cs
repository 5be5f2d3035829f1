using AsffEdge.Agent.Cameras;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>What carries the stream: UDP that loses packets, TLS, networks that lead nowhere.</summary>
[Trait("Category", "System")]
public sealed class TransportFaultTests
{
    [Fact]
    public void Over_udp_a_lost_packet_costs_flagged_frames_and_nothing_else()
    {
        using FaultRtspServer server = new() { Fps = 50 };
        HashSet<ulong> whole = PictureFingerprint.AllOf(server);
        using WatchedCamera camera = new(server.Address, transport: "udp");
        _ = camera.Next(frame => frame.Number > 20, "a stream over UDP");
        server.Fault = RtspFault.Loss;
        (int damaged, int missed, int flagged) = (0, 0, 0);
        for (int i = 0; i < 300; i++)
        {
            CapturedFrame frame = camera.Next();
            bool isWhole = whole.Contains(PictureFingerprint.Of(frame.Picture));
            damaged += isWhole ? 0 : 1;
            missed += !isWhole && !frame.Damaged ? 1 : 0;
            flagged += frame.Damaged ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{server.Lost} packets lost: {damaged} of 300 frames damaged, {flagged} flagged, {missed} of the damaged missed, {camera.Reader.Streams} connection"
        );
        Assert.True(server.Lost > 5);
        Assert.Equal(0, missed);
        Assert.Equal(1, camera.Reader.Streams);

        server.Fault = RtspFault.None;
        _ = camera.Next(frame => !frame.Damaged, "a whole frame");
    }

    [Fact]
    public async Task Over_udp_a_stream_that_stops_is_stalled_and_opened_again()
    {
        using FaultRtspServer server = new();
        using WatchedCamera camera = new(server.Address, transport: "udp");
        _ = camera.Next();

        server.Fault = RtspFault.Stall;
        await camera.WaitAsync(CameraState.Stalled, CameraReason.Stalled, 10);
        server.Fault = RtspFault.None;

        await camera.WaitAsync(CameraState.Online, null);
        Assert.Equal(2, camera.Reader.Streams);
    }

    [Fact]
    public async Task A_stream_inside_tls_is_read_and_comes_back_after_a_reset()
    {
        using FaultRtspServer server = new();
        using TestCertificates certificates = new("gate-07");
        using TlsFront front = new(server.Port, certificates.Broker, certificates.BrokerKey);
        using WatchedCamera camera = new(front.Address);
        _ = camera.Next();

        server.Fault = RtspFault.Reset;
        await camera.WaitAsync(() => camera.Reader.Status.State == CameraState.Offline, "offline");
        server.Fault = RtspFault.None;
        _ = camera.Next(frame => frame.Stream == 2, "a frame of the second connection");

        Assert.True(front.Handshakes >= 2);
    }

    [Fact]
    public void Ffmpeg_does_not_check_whose_certificate_it_is()
    {
        // Said in docs/cameras.md; should a later ffmpeg check it, what is said there has to change.
        using FaultRtspServer server = new();
        using TestCertificates certificates = new("gate-07");
        using TlsFront front = new(server.Port, certificates.OtherHost, certificates.OtherHostKey);
        using WatchedCamera camera = new(front.Address);

        _ = camera.Next();

        Assert.True(camera.Is(CameraState.Online));
    }

    [Fact]
    public async Task An_address_that_speaks_no_tls_is_told_from_one_that_is_away()
    {
        using FaultRtspServer server = new();
        using WatchedCamera camera = new(
            server.Address.Replace("rtsp:", "rtsps:", StringComparison.Ordinal)
        );

        await camera.WaitAsync(
            () => camera.Reader.Status.State is CameraState.Offline or CameraState.Error,
            "a reason"
        );

        TestContext.Current.TestOutputHelper!.WriteLine($"{camera.Reader.Status}");
        Assert.NotEqual(CameraReason.Refused, camera.Reader.Status.Reason);
    }

    [Theory]
    [InlineData("ip route add unreachable 192.0.2.0/24")]
    [InlineData("true")]
    public void A_network_that_leads_nowhere_is_no_route(string network)
    {
        // A network of its own: with a route that says unreachable, and with none at all.
        using FakeFfmpeg nowhere = new(
            $"exec unshare --net sh -c 'ip link set lo up && {network} && exec ffmpeg \"$@\"' sh \"$@\""
        );
        Assert.SkipUnless(CanUnshare(), "needs the right to make a network namespace (root)");
        using FfmpegSource source = nowhere.Open();
        using CapturedFrame frame = new();

        CameraException error = Assert.Throws<CameraException>(() => source.Read(frame));

        Assert.Equal((CameraState.Offline, CameraReason.NoRoute), (error.State, error.Reason));
    }

    private static bool CanUnshare()
    {
        using var unshare = System.Diagnostics.Process.Start(
            "unshare",
            ["--net", "ip", "link", "set", "lo", "up"]
        );
        unshare.WaitForExit();
        return unshare.ExitCode == 0;
    }
}
