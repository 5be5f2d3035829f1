using System.Globalization;
using System.Numerics;
using OpenCvSharp;

namespace AsffEdge.Agent.Footage;

/// <summary>A hash that stays nearly the same when a picture is compressed, scaled or a little brighter, as <c>docs/footage.md</c> defines it.</summary>
/// <param name="First">The first 64 bits, the highest first.</param>
/// <param name="Second">The next.</param>
/// <param name="Third">The next.</param>
/// <param name="Fourth">The last.</param>
internal readonly record struct DifferenceHash(ulong First, ulong Second, ulong Third, ulong Fourth)
{
    private const int Size = 16;

    /// <summary>Hashes a picture.</summary>
    /// <param name="picture">8-bit BGR.</param>
    public static DifferenceHash Of(Mat picture)
    {
        using Mat grey = new();
        using Mat small = new();
        Cv2.CvtColor(picture, grey, ColorConversionCodes.BGR2GRAY);
        Cv2.Resize(grey, small, new Size(Size + 1, Size), interpolation: InterpolationFlags.Area);
        Span<ulong> bits = stackalloc ulong[4];
        for (int row = 0; row < Size; row++)
        {
            for (int column = 0; column < Size; column++)
            {
                bool isBrighter = small.At<byte>(row, column + 1) > small.At<byte>(row, column);
                ref ulong word = ref bits[row / 4];
                word = (word << 1) | (isBrighter ? 1ul : 0);
            }
        }

        return new DifferenceHash(bits[0], bits[1], bits[2], bits[3]);
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; null: it is no hash.</summary>
    public static DifferenceHash? Parse(string? text)
    {
        if (text?.Length != 64)
        {
            return null;
        }

        Span<ulong> words = stackalloc ulong[4];
        for (int i = 0; i < words.Length; i++)
        {
            if (
                !ulong.TryParse(
                    text.AsSpan(i * 16, 16),
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

    /// <summary>The bits that differ, 0 to 256.</summary>
    public int Distance(in DifferenceHash other) =>
        BitOperations.PopCount(First ^ other.First)
        + BitOperations.PopCount(Second ^ other.Second)
        + BitOperations.PopCount(Third ^ other.Third)
        + BitOperations.PopCount(Fourth ^ other.Fourth);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => $"{First:x16}{Second:x16}{Third:x16}{Fourth:x16}";
}
