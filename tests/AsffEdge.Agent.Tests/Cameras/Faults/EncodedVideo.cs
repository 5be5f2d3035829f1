using System.Collections.Concurrent;
using System.Diagnostics;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>A few seconds of encoded video, cut into the access units (pictures) that RTP carries.</summary>
/// <param name="Codec"><c>H264</c> or <c>H265</c>, as SDP calls it.</param>
/// <param name="Pictures">The NAL units of each picture; the first picture is a key frame.</param>
public sealed record EncodedVideo(string Codec, IReadOnlyList<IReadOnlyList<byte[]>> Pictures)
{
    private static readonly ConcurrentDictionary<string, Lazy<EncodedVideo>> Made = new();

    /// <summary>A moving picture with a key frame every <paramref name="keyInterval"/> frames; made once a test run.</summary>
    public static EncodedVideo Moving(
        int width,
        int height,
        string codec = "H264",
        int frames = 60,
        int keyInterval = 10,
        string source = "testsrc2",
        string pixels = "yuv420p"
    )
    {
        string encoder =
            codec == "H264" ? "libx264 -tune zerolatency -x264-params" : "libx265 -x265-params";
        string arguments =
            $"-v error -f lavfi -i {source}=s={width}x{height}:r=20 -frames:v {frames} -pix_fmt {pixels} -preset ultrafast -bf 0 "
            + $"-c:v {encoder} aud=1:repeat-headers=1:keyint={keyInterval}:min-keyint={keyInterval}:scenecut=0:log-level=none "
            + $"-f {(codec == "H264" ? "h264" : "hevc")} pipe:1";
        return Made.GetOrAdd(
            arguments,
            key => new Lazy<EncodedVideo>(() => new EncodedVideo(codec, Encode(key, codec)))
        ).Value;
    }

    private static List<IReadOnlyList<byte[]>> Encode(string arguments, string codec)
    {
        using Process ffmpeg = Process.Start(
            new ProcessStartInfo("ffmpeg", arguments) { RedirectStandardOutput = true }
        )!;
        using var bytes = new MemoryStream();
        ffmpeg.StandardOutput.BaseStream.CopyTo(bytes);
        ffmpeg.WaitForExit();
        List<IReadOnlyList<byte[]>> pictures = [];
        List<byte[]> picture = [];
        foreach (byte[] unit in NalUnits(bytes.ToArray()))
        {
            bool isDelimiter = codec == "H264" ? (unit[0] & 31) == 9 : ((unit[0] >> 1) & 63) == 35;
            if (!isDelimiter)
            {
                picture.Add(unit);
            }
            else if (picture.Count > 0)
            {
                pictures.Add(picture);
                picture = [];
            }
        }

        pictures.Add(picture);
        return pictures;
    }

    /// <summary>Annex B: units are separated by 00 00 01, with one more zero before it at will.</summary>
    private static IEnumerable<byte[]> NalUnits(byte[] stream)
    {
        ReadOnlyMemory<byte> rest = stream;
        while (!rest.IsEmpty)
        {
            int at = rest.Span.IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
            ReadOnlyMemory<byte> unit = at < 0 ? rest : rest[..at];
            rest = at < 0 ? default : rest[(at + 3)..];
            unit = unit[..(unit.Span.LastIndexOfAnyExcept((byte)0) + 1)];
            if (!unit.IsEmpty)
            {
                yield return unit.ToArray();
            }
        }
    }
}
