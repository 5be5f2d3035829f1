using System.Text;
using System.Text.Json;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Network;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Network;

/// <summary>
/// One variant of a folder of golden numbers (tests/golden/network, or what ASFF_GOLDEN_NETWORK names). Its weights and inputs
/// are made from their names: FNV-1a of the salted name seeds SplitMix64.
/// </summary>
internal sealed class GoldenNetwork
{
    private readonly string _salt;
    private readonly SafetensorsFile _statistics;

    private GoldenNetwork(string folder, string variant)
    {
        using var description = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(folder, $"{variant}.state.json"))
        );
        JsonElement root = description.RootElement;
        _salt = root.GetProperty("salt").GetString()!;
        Parameters = root.GetProperty("parameters").GetInt64();
        State =
        [
            .. root.GetProperty("state")
                .EnumerateArray()
                .Select(entry =>
                    (
                        entry.GetProperty("name").GetString()!,
                        entry
                            .GetProperty("shape")
                            .EnumerateArray()
                            .Select(size => size.GetInt64())
                            .ToArray()
                    )
                ),
        ];
        Configuration = Variants.Create(
            root.GetProperty("variant").GetString()!,
            root.GetProperty("classes").GetInt32()
        );
        Expected = SafetensorsFile.Read(Path.Combine(folder, $"{variant}.expected.safetensors"));
        _statistics = SafetensorsFile.Read(Path.Combine(folder, $"{variant}.bn.safetensors"));
    }

    public static string Folder =>
        Environment.GetEnvironmentVariable("ASFF_GOLDEN_NETWORK") is { Length: > 0 } folder
            ? folder
            : ShippedFolder;

    private static string ShippedFolder =>
        Path.Combine(Repository.Root, "tests", "golden", "network");

    public NetworkConfiguration Configuration { get; }

    public long Parameters { get; }

    public IReadOnlyList<(string Name, long[] Shape)> State { get; }

    public SafetensorsFile Expected { get; }

    public static IEnumerable<string> VariantNames() => VariantNames(Folder);

    public static IEnumerable<string> VariantNames(string folder)
    {
        string[] names =
        [
            .. Directory
                .EnumerateFiles(folder, "*.state.json")
                .Select(path => Path.GetFileName(path)[..^".state.json".Length])
                .Order(),
        ];
        return names.Length > 0
            ? names
            : throw new InvalidOperationException($"{folder} holds no *.state.json");
    }

    /// <summary>Torchvision's RetinaNet: tests/golden/retinanet, or what ASFF_GOLDEN_RETINANET names.</summary>
    public static string RetinaNetFolder =>
        Environment.GetEnvironmentVariable("ASFF_GOLDEN_RETINANET") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Repository.Root, "tests", "golden", "retinanet");

    public static GoldenNetwork Open(string variant) => new(Folder, variant);

    public static GoldenNetwork OpenRetinaNet(string variant) => new(RetinaNetFolder, variant);

    /// <summary>A variant of the repository's own folder, which holds all of them, for tests that need weights rather than numbers.</summary>
    public static GoldenNetwork OpenShipped(string variant) => new(ShippedFolder, variant);

    /// <summary>Sizes that have an expected output.</summary>
    public IEnumerable<int> OutputSizes() =>
        Expected
            .Names.Where(name => name.StartsWith("output/", StringComparison.Ordinal))
            .Select(name => int.Parse(name["output/".Length..]));

    /// <summary>The variant's weights.</summary>
    public NetworkState CreateState()
    {
        AuthorNames names = AuthorNames.For(Configuration);
        return NetworkState.Create(
            Configuration,
            entry => tensor(Weights(names[entry.Name], [.. entry.Shape]), [.. entry.Shape])
        );
    }

    /// <summary>The input called <paramref name="name"/>.</summary>
    public float[] Input(string name, int count) => Fill(name, count, u => ((2 * u) - 1) * 2);

    /// <summary>The weights under one of the authors' names.</summary>
    public float[] Weights(string name, long[] shape)
    {
        if (_statistics.Contains(name))
        {
            return _statistics[name].Values;
        }

        int count = (int)shape.Aggregate(1L, (product, size) => product * size);
        if (shape.Length == 4)
        {
            float scale = MathF.Sqrt((float)(6 / (1.01 * shape[1] * shape[2] * shape[3])));
            bool small =
                Configuration.Detector == DetectorKind.RetinaNet
                    ? name.EndsWith("cls_logits.weight", StringComparison.Ordinal)
                        || name.EndsWith("bbox_reg.weight", StringComparison.Ordinal)
                    : name.EndsWith("guide_wh.weight", StringComparison.Ordinal)
                        || shape[0] == Configuration.PredictionChannels;
            return Fill(name, count, u => ((2 * u) - 1) * scale * (small ? 0.25f : 1));
        }

        bool normWeight = name.EndsWith(".weight", StringComparison.Ordinal);
        return Fill(name, count, u => normWeight ? 0.5f + u : ((2 * u) - 1) * 0.1f);
    }

    private float[] Fill(string name, int count, Func<float, float> value)
    {
        ulong seed = 0xcbf29ce484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(_salt + name))
        {
            seed = (seed ^ b) * 0x100000001b3;
        }

        float[] values = new float[count];
        ulong state = seed;
        for (int k = 0; k < count; k++)
        {
            state += 0x9E3779B97F4A7C15;
            ulong z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            values[k] = value((z >> 40) * (1f / (1 << 24)));
        }

        return values;
    }
}
