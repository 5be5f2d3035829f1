using System.Text;

namespace AsffEdge.Detection.Tests;

/// <summary>Bytes and texts from anybody end in a manifest, in a golden picture or in a refusal, never in another exception.</summary>
public sealed class GoldenPictureFuzzTests : IDisposable
{
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
        "null",
        "true",
        "-1",
        "1e999",
        "0.1",
        "NaN",
        "9999999999",
        "\"\"",
        "\"AAAA\"",
        "\"sizes\":[],",
        "\"objects\":null,",
        "\0",
    ];

    private readonly ColourCells _models = new();

    private static int Rounds =>
        int.Parse(
            Environment.GetEnvironmentVariable("ASFF_FUZZ_ROUNDS") ?? "3000",
            System.Globalization.CultureInfo.InvariantCulture
        );

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Changed_golden_pictures()
    {
        string good = ModelContent.Read(_models.WriteGolden()).Golden!.ToJson();
        Assert.NotNull(GoldenPicture.Parse(good, ColourCells.Manifest));
        int refused = Fuzz(good, text => GoldenPicture.Parse(text, ColourCells.Manifest));

        Assert.InRange(refused, Rounds / 2, Rounds);
    }

    [Fact]
    public void Changed_manifests()
    {
        int refused = Fuzz(ColourCells.Manifest.ToJson(), text => ModelManifest.Parse(text));

        Assert.InRange(refused, Rounds / 2, Rounds);
    }

    [Fact]
    public void Changed_files()
    {
        byte[] good = File.ReadAllBytes(_models.WriteGolden());
        string path = Path.Combine(_models.Folder, "fuzzed.onnx");
        Random random = new(20261126);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bad = [.. good[..random.Next(1, good.Length + 1)]];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, bad);
            try
            {
                ModelContent.Read(path);
            }
            catch (ModelException error)
            {
                Assert.Contains(path, error.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, Rounds * 9 / 10, Rounds);
    }

    private static int Fuzz(string good, Action<string> read)
    {
        Random random = new(20261127);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            StringBuilder text = new(good);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(text.Length);
                text.Remove(at, Math.Min(random.Next(0, 12), text.Length - at));
                text.Insert(Math.Min(at, text.Length), Tokens[random.Next(Tokens.Length)]);
            }

            try
            {
                read(text.ToString());
            }
            catch (FormatException)
            {
                refused++;
            }
        }

        return refused;
    }
}
