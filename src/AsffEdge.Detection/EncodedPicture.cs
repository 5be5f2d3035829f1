using System.Buffers.Binary;

namespace AsffEdge.Detection;

/// <summary>The size of a JPEG or PNG file, read from its header: a few bytes may ask for gigabytes of pixels, so it is looked at before decoding.</summary>
internal static class EncodedPicture
{
    private static ReadOnlySpan<byte> PngHead =>
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads the size in pixels.</summary>
    /// <returns>False: it is neither, or its header is cut short.</returns>
    public static bool TryReadSize(ReadOnlySpan<byte> file, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (file.StartsWith(PngHead) && file.Length >= 24)
        {
            width = BinaryPrimitives.ReadInt32BigEndian(file[16..]);
            height = BinaryPrimitives.ReadInt32BigEndian(file[20..]);
            return file.Slice(12, 4).SequenceEqual("IHDR"u8);
        }

        // A JPEG is a chain of segments: 0xFF, a marker, a length. Its size stands in the start of frame.
        if (!file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]))
        {
            return false;
        }

        int at = 2;
        while (at + 9 <= file.Length && file[at] == 0xFF)
        {
            byte marker = file[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                height = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]);
                width = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]);
                return true;
            }

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }

        return false;
    }
}
