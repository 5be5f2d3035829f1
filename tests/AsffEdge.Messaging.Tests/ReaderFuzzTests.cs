using System.Text;

namespace AsffEdge.Messaging.Tests;

/// <summary>Bytes from anybody end in a document, in a command or in a refusal, never in another exception.</summary>
public sealed class ReaderFuzzTests
{
    private const string Document =
        """{"v":1,"rev":42,"issued":"2026-11-23T05:00:00Z","by":"\u00e9\ud83d\ude00","profile":"fast","cameras":{"dock-2":{"profile":"accurate"}},"profiles":{"fast":{"size":320,"max_fps":1e1}},"policy":{"settle_s":30,"rollback":true},"correlation_id":"x"}""";

    private const string Command =
        """{"v":1,"issued":"2026-11-23T05:00:00Z","by":"\u00e9\ud83d\ude00","camera":"dock-2","boxes":true,"response_topic":"asff-edge/v1/agents/gate-07/replies/x","correlation_id":"x"}""";

    private static readonly int Rounds = Fuzz.Rounds(10_000);

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
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            ReadAll(bytes);
        }
    }

    [Fact]
    public void Arbitrary_text_of_json()
    {
        Random random = new(20261125);
        string[] keys =
        [
            "\"camera\"",
            "\"v\"",
            "\"rev\"",
            "\"profile\"",
            "\"policy\"",
            "1",
            "\"../../x\"",
        ];
        for (int round = 0; round < Rounds; round++)
        {
            StringBuilder text = new();
            for (int token = random.Next(30); token >= 0; token--)
            {
                string[] from = random.Next(2) == 0 ? keys : Tokens;
                text.Append(from[random.Next(from.Length)]);
            }

            ReadAll(Encoding.UTF8.GetBytes(text.ToString()));
        }
    }

    // Each seed is read well by one reader of the five, so four refuse it whatever is done to it.
    [Theory]
    [InlineData(Document)]
    [InlineData(Command)]
    public void Damaged_documents(string text)
    {
        Random random = new(20261124);
        byte[] seed = Encoding.UTF8.GetBytes(text);
        int rejected = 0;
        for (int round = 0; round < Rounds; round++)
        {
            rejected += ReadAll(Fuzz.Damage(seed, random, Tokens));
        }

        // The damage must really do damage, and must leave some documents whole, or this tests little.
        // All readers but the one whose document it is refuse it in any case.
        Assert.InRange(rejected - ((Readers.Length - 1) * Rounds), Rounds / 4, Rounds - 1);
    }

    private static int ReadAll(byte[] bytes)
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
        bytes => CommandReader.ReadSnapshot(bytes),
        bytes => CommandReader.ReadModelReload(bytes),
        bytes => CommandReader.ReadFootageCollect(bytes),
        bytes => CommandReader.ReadFootageList(bytes),
        bytes => CommandReader.ReadFootagePurge(bytes),
        bytes => CommandReader.ReadCameraRestart(bytes),
        bytes => CommandReader.ReadModelStage(bytes),
        bytes => CommandReader.ReadModelActivate(bytes),
        bytes => CommandReader.ReadModelRollback(bytes),
        bytes => CommandReader.ReadPing(bytes),
    ];
}
