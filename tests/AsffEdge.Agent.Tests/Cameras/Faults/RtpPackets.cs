using System.Buffers.Binary;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>Packs pictures as RTP inside an RTSP connection (RFC 2326 section 10.12, RFC 6184, RFC 7798).</summary>
internal sealed class RtpPackets
{
    private const int Clock = 90_000;
    private const int MostPayload = 1200;
    private const byte PayloadType = 96;
    private const uint Source = 0x0A5FFED6;

    private ushort _sequence = 1000;

    /// <summary>The packets of one picture, ready to be sent.</summary>
    /// <param name="video">Whose picture it is.</param>
    /// <param name="index">Which.</param>
    /// <param name="seconds">Its time.</param>
    public byte[] Pack(EncodedVideo video, int index, double seconds)
    {
        using var packets = new MemoryStream();
        IReadOnlyList<byte[]> units = video.Pictures[index];
        for (int i = 0; i < units.Count; i++)
        {
            PackUnit(packets, video.Codec, units[i], Stamp(seconds), i == units.Count - 1);
        }

        return packets.ToArray();
    }

    /// <summary>A sender report (RFC 3550 section 6.4.1) that says it is <paramref name="utc"/>.</summary>
    public static byte[] SenderReport(DateTime utc, double seconds)
    {
        byte[] report = new byte[4 + 28];
        report[0] = (byte)'$';
        report[1] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(report.AsSpan(2), 28);
        report[4] = 0x80;
        report[5] = 200;
        BinaryPrimitives.WriteUInt16BigEndian(report.AsSpan(6), 6);
        BinaryPrimitives.WriteUInt32BigEndian(report.AsSpan(8), Source);
        double ntp = (utc - new DateTime(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc)).TotalSeconds;
        BinaryPrimitives.WriteUInt32BigEndian(report.AsSpan(12), (uint)(long)ntp);
        BinaryPrimitives.WriteUInt32BigEndian(report.AsSpan(20), Stamp(seconds));
        return report;
    }

    private static uint Stamp(double seconds) => unchecked((uint)(long)(seconds * Clock));

    private void PackUnit(MemoryStream packets, string codec, byte[] unit, uint stamp, bool isLast)
    {
        if (unit.Length <= MostPayload)
        {
            Write(packets, [], unit, stamp, isLast);
            return;
        }

        // Fragments carry the unit's header inside theirs: one byte of it in H.264, two in H.265.
        bool isH264 = codec == "H264";
        int header = isH264 ? 1 : 2;
        int type = isH264 ? unit[0] & 31 : (unit[0] >> 1) & 63;
        for (int at = header; at < unit.Length; at += MostPayload)
        {
            int count = Math.Min(MostPayload, unit.Length - at);
            bool isEnd = at + count == unit.Length;
            byte fragment = (byte)(type | (at == header ? 128 : 0) | (isEnd ? 64 : 0));
            byte[] start = isH264
                ? [(byte)((unit[0] & 0xE0) | 28), fragment]
                : [(byte)((unit[0] & 0x81) | (49 << 1)), unit[1], fragment];
            Write(packets, start, unit.AsSpan(at, count), stamp, isLast && isEnd);
        }
    }

    private void Write(
        MemoryStream packets,
        ReadOnlySpan<byte> start,
        ReadOnlySpan<byte> payload,
        uint stamp,
        bool isMarked
    )
    {
        Span<byte> head = stackalloc byte[16];
        head[0] = (byte)'$';
        head[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(
            head[2..],
            (ushort)(12 + start.Length + payload.Length)
        );
        head[4] = 0x80;
        head[5] = (byte)(PayloadType | (isMarked ? 128 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(head[6..], _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(head[8..], stamp);
        BinaryPrimitives.WriteUInt32BigEndian(head[12..], Source);
        packets.Write(head);
        packets.Write(start);
        packets.Write(payload);
    }
}
