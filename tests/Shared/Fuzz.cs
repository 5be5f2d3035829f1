using System.Globalization;
using System.Text;

namespace AsffEdge.Tests;

/// <summary>Damages what a parser is given. <c>ASFF_FUZZ_ROUNDS</c> asks every fuzz test for more rounds than it has by default.</summary>
internal static class Fuzz
{
    private const string Variable = "ASFF_FUZZ_ROUNDS";

    /// <summary>How many rounds a test is to run.</summary>
    /// <param name="normally">Without the variable.</param>
    public static int Rounds(int normally) =>
        int.TryParse(
            Environment.GetEnvironmentVariable(Variable),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int rounds
        )
            ? rounds
            : normally;

    /// <summary>A copy with one to four damages: a byte changed, some removed, some repeated, or a token put in.</summary>
    public static byte[] Damage(
        ReadOnlySpan<byte> seed,
        Random random,
        IReadOnlyList<string> tokens
    )
    {
        List<byte> bytes = [.. seed];
        int damages = random.Next(1, 5);
        for (int damage = 0; damage < damages && bytes.Count > 0; damage++)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(
                        at,
                        Encoding.UTF8.GetBytes(tokens[random.Next(tokens.Count)])
                    );
                    break;
                default:
                    bytes.InsertRange(
                        at,
                        bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at))
                    );
                    break;
            }
        }

        return [.. bytes];
    }
}
