using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class DamageWatchTests
{
    private const string Corrupt = "pipe:0: corrupt decoded frame in stream 0";
    private const string Concealed =
        "[h264 @ 0x55] concealing 120 DC, 120 AC, 120 MV errors in P frame";

    [Fact]
    public void The_damaged_picture_and_those_made_from_it_are_damaged_until_the_next_key_frame() =>
        Assert.Equal(". . . X X X X .", Watch("I", "P", "P", Corrupt, "P", "P", "P", "P", "I"));

    [Fact]
    public void A_damaged_key_frame_damages_its_group() =>
        Assert.Equal(". . X X X X .", Watch("I", "P", Corrupt, "I", "P", "P", "P", "I"));

    [Fact]
    public void A_complaint_that_is_ahead_of_its_key_frame_still_damages_that_group() =>
        Assert.Equal(". . X X X X X .", Watch("I", "P", Concealed, "P", "I", "P", "P", "P", "I"));

    [Fact]
    public void Joining_a_running_stream_damages_nothing() =>
        Assert.Equal(
            ". . .",
            Watch("[h264 @ 0x55] decode_slice_header error", Concealed, "I", "P", "I")
        );

    [Fact]
    public void A_first_picture_that_is_corrupt_is_damaged() =>
        Assert.Equal("X X X X .", Watch(Corrupt, "I", "P", "P", "P", "I"));

    [Fact]
    public void Other_lines_are_not_about_damage()
    {
        var watch = new DamageWatch(2);

        Assert.False(watch.NoteLine("Input #0, concat, from 'pipe:0':"u8));
        Assert.False(watch.NoteLine("Connection refused"u8));
        Assert.True(watch.NoteLine("[rtsp @ 0x1] RTP: missed 3 packets"u8));
        Assert.Equal(1, watch.Errors);
    }

    /// <summary>Takes key frames (I), other pictures (P) and lines; tells which pictures are damaged (X).</summary>
    private static string Watch(params string[] input)
    {
        var watch = new DamageWatch(decoderThreads: 2);
        List<string> seen = [];
        foreach (string entry in input)
        {
            if (entry is "I" or "P")
            {
                watch.NotePicture(entry == "I");
                seen.Add(watch.IsDamaged ? "X" : ".");
            }
            else
            {
                _ = watch.NoteLine(System.Text.Encoding.UTF8.GetBytes(entry));
            }
        }

        return string.Join(' ', seen);
    }
}
