using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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

    private static readonly string[] Names =
    [
        "../evil.jpg",
        "../../evil.jpg",
        "/tmp/evil.jpg",
        "gate/../../evil.jpg",
        "gate/2026-03-01/../evil.jpg",
        "gate/2026-03-01/120000.000.jpg/evil.jpg",
        "gate//2026-03-01/120000.000.jpg",
        "./gate/2026-03-01/120000.000.jpg",
        "gate\\2026-03-01\\120000.000.jpg",
        "gate/2026-03-01/120000.000.jpg\n",
        "gate/2026-03-01/240000.000.jpg",
        "GATE/2026-03-01/120000.000.jpg",
        "yard/2026-03-01/120000.000.jpg",
        "gate/2026-03-02/120000.000.jpg",
        "gate/2026-03-01/120000.000.jpg",
        "gate/2026-03-01/coco.json",
        "pack.json",
        "end.json",
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

    /// <summary>Names that lead elsewhere, contents of one file in another's place, files twice or gone: all with checksums that hold.</summary>
    [Fact]
    public void Files_of_any_name_and_content() =>
        Laws.Hold(150, random => Check(new TestPack { EditFiles = files => Mix(files, random) }));

    private static void Mix(List<TestPack.Entry> files, Random random)
    {
        for (int change = random.Next(1, 4); change > 0 && files.Count > 0; change--)
        {
            int at = random.Next(files.Count);
            TestPack.Entry other = files[random.Next(files.Count)];
            switch (random.Next(5))
            {
                case 0:
                    files[at] = files[at] with { Name = Names[random.Next(Names.Length)] };
                    break;
                case 1:
                    files[at] = files[at] with { Content = other.Content };
                    break;
                case 2:
                    files[at] = files[at] with
                    {
                        Content = Fuzz.Damage(files[at].Content, random, Values),
                    };
                    break;
                case 3:
                    files.Insert(at, other);
                    break;
                default:
                    files.RemoveAt(at);
                    break;
            }
        }
    }

    private void Check(TestPack pack)
    {
        string path = pack.AddRow("gate", 6, 5, 0).Write(Path.Combine(_folder.Path, "fuzz.tar"));
        // So deep that a name that climbs would still be seen.
        string parent = Path.Combine(_folder.Path, "a", "b", "c", "d");
        Directory.CreateDirectory(parent);
        string target = Path.Combine(parent, "set");
        try
        {
            new DatasetBuilder(
                new BuildOptions(new SplitOptions(5, 0, 0, []), NearBits: 10, TakeUnmasked: false)
            ).Build([path], target, (_, _) => { }, TestContext.Current.CancellationToken);
            var built = DatasetFolder.Open(target);
            Assert.NotEmpty(built.Items);
            built.VerifyPictures(DatasetPart.Train);
            Directory.Delete(target, recursive: true);
        }
        catch (InvalidDatasetException error)
        {
            Assert.Matches(
                $@"^{Regex.Escape(path)}: [^:]+(:\d+)?: .|^no picture is left",
                error.Message
            );
        }

        Assert.Empty(Directory.GetDirectories(parent));
        Assert.Equal([path], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
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
