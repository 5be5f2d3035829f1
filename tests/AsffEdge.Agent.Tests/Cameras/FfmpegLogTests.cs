using System.Text;
using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class FfmpegLogTests
{
    private const string Example = """
        Input #0, concat, from 'pipe:0':
        [showinfo@source @ 0x55a] config in time_base: 1/90000, frame_rate: 20/1
        [showinfo@source @ 0x55a] n:   0 pts:      0 pts_time:0       pos:       -1 fmt:yuv420p sar:1/1 s:1280x720 i:P iskey:1 type:I
        [showinfo@source @ 0x55a] UUID=dc45e9bd-e6d9-48b7-962c-d820d923eeef
        [showinfo@picture @ 0x55b] n:   0 pts:      0 pts_time:0       pos:       -1 fmt:bgr24 sar:1/1 s:800x450 i:P iskey:1 type:I
        [h264 @ 0x55c] error while decoding MB 3 4, bytestream -5
        [showinfo@source @ 0x55d] n:   1 pts:   NOPTS pts_time:NOPTS   pos:       -1 fmt:yuv420p sar:1/1 s:640x640 i:P iskey:0 type:P
        [showinfo@picture @ 0x55e] n:   1 pts:   4500 pts_time:0.05    pos:       -1 fmt:bgr24 sar:1/1 s:640x640 i:P iskey:0 type:P

        """;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Pictures_are_read_however_the_text_is_cut(int piece)
    {
        var log = new FfmpegLog(decoderThreads: 2);
        byte[] bytes = Encoding.UTF8.GetBytes(Example);
        for (int i = 0; i < bytes.Length; i += piece)
        {
            log.Append(bytes.AsSpan(i, Math.Min(piece, bytes.Length - i)));
        }

        Assert.True(log.TryTakePicture(out PictureHeader first));
        Assert.Equal(new PictureHeader(1280, 720, 800, 450, 0, false), first);
        Assert.True(log.TryTakePicture(out PictureHeader second));
        Assert.Equal(new PictureHeader(640, 640, 640, 640, 0.05, true), second);
        Assert.False(log.TryTakePicture(out _));
        Assert.Equal(1, log.DecodeErrors);
        Assert.Equal(["Input #0, concat, from 'pipe:0':"], log.Messages);
    }

    /// <summary>
    /// ffmpeg's threads share its standard error: what a filter says may be glued to a decoder's message that has no end yet, without the
    /// filter's name, and a decoder's message to a filter's line that has none.
    /// </summary>
    [Fact]
    public void Lines_that_two_threads_wrote_into_one_another_lose_no_picture_and_no_complaint()
    {
        var log = new FfmpegLog(decoderThreads: 2);
        log.Append(
            """
            [showinfo@source @ 0x1] n:  10 pts:  40499 pts_time:0.449989 pos:       -1 fmt:yuv420p sar:1/1 s:1280x720 i:P iskey:1 type:I 
            [h264 @ 0x3] data partitioningn:  10 pts:  40499 pts_time:0.449989 pos:       -1 fmt:bgr24 sar:1/1 s:320x180 i:P iskey:1 type:I 
            [showinfo@picture @ 0x2] color_range:pc color_space:gbr color_primaries:unknown color_trc:unknown
            [h264 @ 0x3]  is not implemented. Update your FFmpeg version to the newest one from Git.
            [h264 @ 0x3] data partitioningn:  11 pts:  45000 pts_time:0.5      pos:       -1 fmt:yuv420p sar:1/1 s:640x360 i:P iskey:0 type:P 
            [showinfo@picture @ 0x2] n:  11 pts:  45000 pts_time:0.5      pos:       -1 fmt:bgr24 sar:1/1 s:320x180 i:P iskey:0 type:P error while decoding MB 3 4, bytestream -5
            [showinfo@picture @ 0x2] 
            [showinfo@source @ 0x1] n:  12 pts:  49500 pts_time:0.55     pos:       -1 fmt:yuv420p sar:1/1 s:640x360 i:P iskey:0 type:P 
            [showinfo@picture @ 0x2] n:  12 pts:  49500 pts_time:0.55     pos:       -1 fmt:bgr24 sar:1/1 s:320x180 i:P iskey:0 type:P 

            """u8
        );

        List<PictureHeader> pictures = [];
        while (log.TryTakePicture(out PictureHeader picture))
        {
            pictures.Add(picture);
        }

        Assert.Equal(
            [
                new PictureHeader(1280, 720, 320, 180, 0.449989, false),
                new PictureHeader(640, 360, 320, 180, 0.5, false),
                new PictureHeader(640, 360, 320, 180, 0.55, true),
            ],
            pictures
        );
        Assert.Equal(1, log.DecodeErrors);
    }

    /// <summary>A camera writes its own title, which ffmpeg prints; it can announce nothing with that.</summary>
    [Fact]
    public void A_title_that_looks_like_a_picture_announces_none()
    {
        var log = new FfmpegLog(decoderThreads: 2);

        log.Append("    title           : n:   0 pts: 0 pts_time:0 fmt:bgr24 s:8x8 i:P\n"u8);

        Assert.False(log.TryTakePicture(out _));
    }

    [Fact]
    public void Whatever_a_child_writes_is_taken_within_bounds()
    {
        var random = new Random(11);
        var log = new FfmpegLog(decoderThreads: 2);
        byte[] noise = new byte[1 << 16];
        byte[] header = Encoding.UTF8.GetBytes("\n[showinfo@picture @ 0x1] n: 0 pts_time:1 s:");
        for (int round = 0; round < 200; round++)
        {
            random.NextBytes(noise);
            log.Append(noise);
            log.Append(header);
            log.Append(noise.AsSpan(0, random.Next(40)));
            while (log.TryTakePicture(out PictureHeader picture))
            {
                Assert.InRange(picture.Width, 1, 16384);
                Assert.InRange(picture.Height, 1, 16384);
            }
        }

        Assert.InRange(log.Messages.Count, 1, 12);
        Assert.All(log.Messages, message => Assert.InRange(message.Length, 0, 2048));
    }

    [Fact]
    public void However_much_a_child_writes_the_log_allocates_nothing_for_it()
    {
        var log = new FfmpegLog(decoderThreads: 2);
        byte[] line = Encoding.UTF8.GetBytes(
            "[rtsp @ 0x1] a warning that is repeated without end, as some cameras make ffmpeg do\n"
        );
        log.Append(line);

        long before = ThreadAllocations.SoFar();
        for (int i = 0; i < 10_000; i++)
        {
            log.Append(line);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(12, log.Messages.Count);
    }

    [Fact]
    public void Pictures_announced_without_end_are_an_error()
    {
        var log = new FfmpegLog(decoderThreads: 2);
        byte[] line = Encoding.UTF8.GetBytes(
            "[showinfo@picture @ 0x1] n: 0 pts_time:1 s:8x8 i:P\n"
        );

        Assert.Throws<FormatException>(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                log.Append(line);
            }
        });
    }
}
