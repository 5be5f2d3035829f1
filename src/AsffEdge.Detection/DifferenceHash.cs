using System.Globalization;
using System.Numerics;
using OpenCvSharp;

namespace AsffEdge.Detection;

/// <summary>256 bits that stay nearly the same when a picture is compressed, scaled or a little brighter, as <c>docs/footage.md</c> defines them.</summary>
/// <param name="A">Rows 0 to 3, the first bit the highest.</param>
/// <param name="B">Rows 4 to 7.</param>
/// <param name="C">Rows 8 to 11.</param>
/// <param name="D">Rows 12 to 15.</param>
public readonly record struct DifferenceHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>How many bits it has.</summary>
    public const int Bits = Side * Side;

    private const int Side = 16;
    private const int DigitsOfWord = 16;

    /// <summary>Hashes a picture.</summary>
    /// <param name="picture">8-bit, BGR or grey.</param>
    public static DifferenceHash Of(Mat picture)
    {
        if (picture.Channels() == 1)
        {
            return OfGrey(picture);
        }

        using Mat grey = new();
        Cv2.CvtColor(picture, grey, ColorConversionCodes.BGR2GRAY);
        return OfGrey(grey);
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; null: it is no hash.</summary>
    public static DifferenceHash? Parse(string? text)
    {
        Span<ulong> words = stackalloc ulong[4];
        if (text?.Length != words.Length * DigitsOfWord)
        {
            return null;
        }

        for (int i = 0; i < words.Length; i++)
        {
            if (
                !ulong.TryParse(
                    text.AsSpan(i * DigitsOfWord, DigitsOfWord),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out words[i]
                )
            )
            {
                return null;
            }
        }

        return new DifferenceHash(words[0], words[1], words[2], words[3]);
    }

    /// <summary>The bits that differ, 0 to <see cref="Bits"/>.</summary>
    public int Distance(in DifferenceHash other) =>
        BitOperations.PopCount(A ^ other.A)
        + BitOperations.PopCount(B ^ other.B)
        + BitOperations.PopCount(C ^ other.C)
        + BitOperations.PopCount(D ^ other.D);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => $"{A:x16}{B:x16}{C:x16}{D:x16}";

    private static DifferenceHash OfGrey(Mat grey)
    {
        using Mat cells = new();
        Cv2.Resize(grey, cells, new Size(Side + 1, Side), interpolation: InterpolationFlags.Area);
        Span<ulong> words = stackalloc ulong[4];
        for (int row = 0; row < Side; row++)
        {
            ReadOnlySpan<byte> line = cells.AsSpan<byte>().Slice(row * (Side + 1), Side + 1);
            for (int column = 0; column < Side; column++)
            {
                ref ulong word = ref words[row / 4];
                word = (word << 1) | (line[column + 1] > line[column] ? 1ul : 0);
            }
        }

        return new DifferenceHash(words[0], words[1], words[2], words[3]);
    }
}
