using System.Text.Json.Nodes;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Footage;

namespace AsffEdge.Trainer.Tests.Footage;

/// <summary>JSON of any shape under correct checksums: a pack is taken or refused by name, and a pack that is refused leaves nothing.</summary>
public sealed class PackFuzzTests : IDisposable
{
    private static readonly string[] Values =
    [
        "null",
        "[]",
        "{}",
        "-1",
        "0",
        "7",
        "1e300",
        "99999999999999999999",
        "true",
        "\"\"",
        "\"../../x\"",
        "\"gate/2026-03-01/120000.000.jpg\"",
        "\"0001-01-01T00:00:00Z\"",
        "[null]",
        "[1e999]",
        "[[]]",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Documents_of_any_shape() =>
        Laws.Hold(
            150,
            random => Check(new TestPack { EditDocument = document => Mutate(document, random) })
        );

    [Fact]
    public void Manifests_of_any_shape() =>
        Laws.Hold(
            150,
            random => Check(new TestPack { EditManifest = manifest => Mutate(manifest, random) })
        );

    private void Check(TestPack pack)
    {
        string path = pack.AddRow("gate", 6, 5, 0).Write(Path.Combine(_folder.Path, "fuzz.tar"));
        string target = Path.Combine(_folder.Path, "set");
        try
        {
            new DatasetBuilder(
                new BuildOptions(new SplitOptions(5, 0, 0, []), NearBits: 10, TakeUnmasked: false)
            ).Build([path], target, (_, _) => { }, TestContext.Current.CancellationToken);
            Assert.Equal(6, DatasetFolder.Open(target).Items.Count);
            Directory.Delete(target, recursive: true);
        }
        catch (InvalidDatasetException error)
        {
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetDirectories(_folder.Path));
    }

    // Puts another value in place of one somewhere in the tree, or takes it away.
    private static void Mutate(JsonObject root, Random random)
    {
        List<(JsonNode Parent, string Key)> places = [];
        Collect(root, places);
        (JsonNode parent, string key) = places[random.Next(places.Count)];
        string value = Values[random.Next(Values.Length)];
        JsonNode? node =
            value == "[1e999]" ? new JsonArray(JsonNode.Parse("1e999")) : JsonNode.Parse(value);
        if (parent is JsonObject map)
        {
            if (random.Next(5) == 0)
            {
                map.Remove(key);
            }
            else
            {
                map[key] = node;
            }
        }
        else
        {
            parent.AsArray()[int.Parse(key)] = node;
        }
    }

    private static void Collect(JsonNode? node, List<(JsonNode Parent, string Key)> places)
    {
        if (node is JsonObject map)
        {
            foreach ((string key, JsonNode? child) in map)
            {
                places.Add((map, key));
                Collect(child, places);
            }
        }
        else if (node is JsonArray list)
        {
            for (int index = 0; index < list.Count; index++)
            {
                places.Add((list, $"{index}"));
                Collect(list[index], places);
            }
        }
    }
}
