using System.Globalization;

namespace AsffEdge.Agent.Cameras;

/// <summary>How ffmpeg is told to read a stream, scale it and pipe it.</summary>
internal static class FfmpegCommand
{
    /// <summary>By default as many as there are cores: each holds back one more frame, and all take memory.</summary>
    public const int DecoderThreads = 2;

    /// <summary>
    /// So few frames a second are waited for less: one decoder thread, because the frame that a second holds back would be seconds old, and
    /// no analysis of the stream, for which ffmpeg otherwise takes eight frames.
    /// </summary>
    private const double SlowFps = 1;

    private const int LeastProbe = 32; // bytes; the least that ffmpeg takes

    /// <summary>
    /// The address goes through standard input as a playlist of one entry: on the command line every user of the machine
    /// could read its password. Nothing here needs the stream's nominal frame rate, so ffmpeg need not spend a second on it.
    /// </summary>
    public static string Playlist(
        SourceAddress address,
        string transport,
        double? maxFps,
        TimeSpan timeout
    ) =>
        $"""
            ffconcat version 1.0
            file '{address.Value.Replace("'", @"'\''", StringComparison.Ordinal)}'
            option rtsp_transport {transport}
            option timeout {timeout.TotalMicroseconds:0}
            option fpsprobesize 0
            {(maxFps <= SlowFps ? $"option probesize {LeastProbe}" : "")}

            """;

    /// <summary>The arguments.</summary>
    /// <param name="shorterSide">Larger pictures are scaled down to this on their shorter side.</param>
    /// <param name="maxFps">Frames a second at most; null: all.</param>
    public static string[] Arguments(int shorterSide, double? maxFps)
    {
        string limit = shorterSide.ToString(CultureInfo.InvariantCulture);
        string shrink = $"min(1,{limit}/min(iw,ih))";
        string thin = maxFps is double fps
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{0.999 / fps:0.######})',"
            )
            : "";
        string filters =
            $"{thin}{FfmpegLog.SourceFilter}=checksum=0,"
            + $"scale=w='max(1,round({shrink}*iw))':h='max(1,round({shrink}*ih))':flags=area,"
            + $"format=bgr24,{FfmpegLog.PictureFilter}=checksum=0";
        return
        [
            .. "-hide_banner -nostats -loglevel info".Split(' '),
            .. $"-threads {(maxFps <= SlowFps ? 1 : DecoderThreads)} -filter_threads 1".Split(' '),
            .. maxFps <= SlowFps ? ["-probesize", $"{LeastProbe}"] : (string[])[],
            .. "-f concat -safe 0 -protocol_whitelist pipe,rtp,rtsp,rtsps,tcp,udp,tls,crypto,srtp -i pipe:0".Split(
                ' '
            ),
            .. "-map 0:v:0 -fps_mode passthrough".Split(' '),
            "-vf",
            filters,
            // By default the "encoder" of raw pictures has threads, and holds back a picture until the next one comes.
            .. "-threads 1 -f rawvideo pipe:1".Split(' '),
        ];
    }
}
