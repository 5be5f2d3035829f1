using System.Text;

namespace AsffEdge.Messaging.Tests;

/// <summary>Bytes from anybody end in a document or in a refusal, never in another exception.</summary>
public sealed class DesiredDocumentFuzzTests
{
    private const string Seed =
        """{"v":1,"rev":42,"issued":"2026-11-23T05:00:00Z","by":"\u00e9\ud83d\ude00","profile":"fast","cameras":{"dock-2":{"profile":"accurate"}},"profiles":{"fast":{"size":320,"max_fps":1e1}},"policy":{"settle_s":30,"rollback":true},"correlation_id":"x"}""";

    private static readonly string[] Tokens =
    [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\ud800",
        "\\u0000",
        "null",
        "true",
        "-1",
        "1e999",
        "0.1",
        "NaN",
        "\"rev\":1,",
        "\"size\":321",
        "\uFEFF",
        "/*x*/",
        "\0",
    ];

    [Fact]
    public void Arbitrary_bytes()
    {
        Random random = new(20261123);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            ReadBoth(bytes);
        }
    }

    [Fact]
    public void Damaged_documents()
    {
        Random random = new(20261124);
        byte[] seed = Encoding.UTF8.GetBytes(Seed);
        int rejected = 0;
        for (int round = 0; round < 50_000; round++)
        {
            List<byte> bytes = [.. seed];
            int damages = random.Next(1, 5);
            for (int damage = 0; damage < damages; damage++)
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
                            Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)])
                        );
                        break;
                    default:
                        bytes.InsertRange(
                            at,
                            bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at))
                        );
                        break;
                }

                if (bytes.Count == 0)
                {
                    break;
                }
            }

            rejected += ReadBoth([.. bytes]);
        }

        // The damage must really do damage, and must leave some documents whole, or this tests little.
        Assert.InRange(rejected, 25_000, 99_999);
    }

    private static int ReadBoth(byte[] bytes)
    {
        int rejected = 0;
        foreach (Action<byte[]> read in Readers)
        {
            try
            {
                read(bytes);
            }
            catch (DocumentRejectedException rejection)
            {
                Assert.NotEqual(ResultCode.Ok, rejection.Code);
                Assert.NotEmpty(rejection.Message);
                Assert.DoesNotContain(rejection.Message, char.IsControl);
                rejected++;
            }
        }

        return rejected;
    }

    private static readonly Action<byte[]>[] Readers =
    [
        bytes => DesiredDocumentReader.Read(bytes),
        bytes => CommandReader.ReadProfileSet(bytes),
    ];
}
