using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace AsffEdge.Agent.Outbox;

/// <summary>A checksum of a message.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of a topic and a payload.</summary>
    public static long Of(string topic, byte[] payload)
    {
        uint sum = Add(~0u, Encoding.UTF8.GetBytes(topic));
        return Add(sum, payload);
    }

    private static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte one in bytes)
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        return sum;
    }
}
