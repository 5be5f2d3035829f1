using System.Buffers.Binary;
using System.Text;

namespace AsffEdge.Trainer.Tests.Logging;

/// <summary>
/// Reads event files by their published description alone: bit-wise checksums and a protobuf wire reader that share nothing with the
/// code under test.
/// </summary>
internal static class EventFileReader
{
    /// <summary>One event: its file version, or its scalars.</summary>
    internal sealed record Entry(
        double WallTime,
        long Step,
        string? Version,
        IReadOnlyDictionary<string, float> Scalars
    );

    public static IReadOnlyList<Entry> Read(string path)
    {
        using var shared = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite
        );
        using var copy = new MemoryStream();
        shared.CopyTo(copy);
        return [.. Records(copy.ToArray()).Select(ReadEvent)];
    }

    /// <summary>The records' bytes; a wrong checksum or a record cut short fails.</summary>
    public static IEnumerable<byte[]> Records(byte[] file)
    {
        int at = 0;
        while (at < file.Length)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            CheckSum(file.AsSpan(at, 8), file.AsSpan(at + 8, 4));
            CheckSum(file.AsSpan(at + 12, length), file.AsSpan(at + 12 + length, 4));
            yield return file[(at + 12)..(at + 12 + length)];
            at += length + 16;
        }
    }

    private static void CheckSum(ReadOnlySpan<byte> data, ReadOnlySpan<byte> stored)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
            }
        }

        crc = ~crc;
        Assert.Equal(
            ((crc >> 15) | (crc << 17)) + 0xA282EAD8,
            BinaryPrimitives.ReadUInt32LittleEndian(stored)
        );
    }

    private static Entry ReadEvent(byte[] bytes)
    {
        (double wallTime, long step, string? version) = (0, 0, null);
        Dictionary<string, float> scalars = [];
        foreach ((int field, ulong number, byte[] content) in Fields(bytes))
        {
            switch (field)
            {
                case 1:
                    wallTime = BitConverter.UInt64BitsToDouble(number);
                    break;
                case 2:
                    step = (long)number;
                    break;
                case 3:
                    version = Encoding.UTF8.GetString(content);
                    break;
                case 5:
                    foreach ((int inner, _, byte[] value) in Fields(content))
                    {
                        Assert.Equal(1, inner);
                        (string tag, float scalar) = ("", 0);
                        foreach ((int part, ulong bits, byte[] text) in Fields(value))
                        {
                            (tag, scalar) =
                                part == 1
                                    ? (Encoding.UTF8.GetString(text), scalar)
                                    : (tag, BitConverter.UInt32BitsToSingle((uint)bits));
                        }

                        scalars.Add(tag, scalar);
                    }

                    break;
                default:
                    Assert.Fail($"unexpected field {field} in an event");
                    break;
            }
        }

        return new Entry(wallTime, step, version, scalars);
    }

    private static IEnumerable<(int Field, ulong Number, byte[] Content)> Fields(byte[] message)
    {
        int at = 0;
        ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte next = message[at++];
                value |= (ulong)(next & 127) << shift;
                if (next < 128)
                {
                    return value;
                }
            }
        }

        while (at < message.Length)
        {
            ulong key = Varint();
            int field = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    yield return (field, Varint(), []);
                    break;
                case 1:
                    yield return (field, BitConverter.ToUInt64(message, at), []);
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint();
                    yield return (field, 0, message[at..(at + length)]);
                    at += length;
                    break;
                case 5:
                    yield return (field, BitConverter.ToUInt32(message, at), []);
                    at += 4;
                    break;
                default:
                    Assert.Fail($"unexpected wire type {key & 7}");
                    break;
            }
        }
    }
}
