using System.Numerics;
using OpenCvSharp;

namespace AsffEdge.Trainer.Footage;

/// <summary>256 bits that stay nearly the same when a picture is compressed, scaled, or a little brighter; defined in docs/footage.md.</summary>
/// <param name="A">Rows 0 to 3, the first bit the highest.</param>
/// <param name="B">Rows 4 to 7.</param>
/// <param name="C">Rows 8 to 11.</param>
/// <param name="D">Rows 12 to 15.</param>
internal readonly record struct DifferenceHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Bits.</summary>
    public const int Bits = Side * Side;

    private const int Side = 16;

    /// <summary>The hash of a grey picture (8UC1), any size from 17×16 up.</summary>
    public static DifferenceHash Of(Mat grey)
    {
        using var cells = new Mat();
        Cv2.Resize(grey, cells, new Size(Side + 1, Side), 0, 0, InterpolationFlags.Area);
        Span<ulong> words = stackalloc ulong[4];
        for (int row = 0; row < Side; row++)
        {
            ReadOnlySpan<byte> line = cells.AsSpan<byte>().Slice(row * (Side + 1), Side + 1);
            for (int column = 0; column < Side; column++)
            {
                ref ulong word = ref words[row / 4];
                word = (word << 1) | (line[column + 1] > line[column] ? 1UL : 0);
            }
        }

        return new DifferenceHash(words[0], words[1], words[2], words[3]);
    }

    /// <summary>Bits that differ, 0 to 256.</summary>
    public int Distance(in DifferenceHash other) =>
        BitOperations.PopCount(A ^ other.A)
        + BitOperations.PopCount(B ^ other.B)
        + BitOperations.PopCount(C ^ other.C)
        + BitOperations.PopCount(D ^ other.D);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static DifferenceHash Parse(string digits) =>
        new(Word(digits, 0), Word(digits, 1), Word(digits, 2), Word(digits, 3));

    private static ulong Word(string digits, int index) =>
        Convert.ToUInt64(digits.Substring(16 * index, 16), 16);
}
