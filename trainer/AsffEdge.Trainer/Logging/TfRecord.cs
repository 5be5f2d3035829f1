using System.Buffers.Binary;
using System.Numerics;

namespace AsffEdge.Trainer.Logging;

/// <summary>TensorFlow's record framing: length, its checksum, the bytes, their checksum, all little-endian.</summary>
internal static class TfRecord
{
    private const int LengthBytes = sizeof(ulong);
    private const int ChecksumBytes = sizeof(uint);
    private const uint MaskDelta = 0xA282EAD8;

    /// <summary>Appends one record.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[LengthBytes + ChecksumBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[LengthBytes..],
            Mask(Crc32C(header[..LengthBytes]))
        );
        stream.Write(header);
        stream.Write(data);
        Span<byte> footer = stackalloc byte[ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, Mask(Crc32C(data)));
        stream.Write(footer);
    }

    /// <summary>CRC-32C (Castagnoli).</summary>
    internal static uint Crc32C(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    /// <summary>Turned by 15 bits and shifted, so that a checksum over bytes that hold checksums stays meaningful.</summary>
    internal static uint Mask(uint crc) => BitOperations.RotateRight(crc, 15) + MaskDelta;
}
