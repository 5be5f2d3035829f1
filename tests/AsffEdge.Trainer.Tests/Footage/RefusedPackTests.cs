using System.Formats.Tar;
using System.Text.Json.Nodes;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Footage;

namespace AsffEdge.Trainer.Tests.Footage;

/// <summary>Packs that docs/footage.md does not allow are refused with the entry and the reason, and nothing is left of them.</summary>
public sealed class RefusedPackTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Entries() =>
        new()
        {
            { "changed", "its SHA-256 is" },
            { "climbs", "stands where" },
            { "absolute", "stands where" },
            { "link", "is an entry of type SymbolicLink" },
            { "hard link", "is an entry of type HardLink" },
            { "folder", "is an entry of type Directory" },
            { "twice", "stands where" },
            { "swapped", "stands where" },
            { "longer", "bytes; pack.json says" },
            { "no end", "end.json: is missing: the pack is not complete" },
            { "more", "comes after end.json" },
            { "other end", "says PackEnd" },
            { "no manifest", "stands where 'pack.json' must be" },
        };

    [Theory]
    [MemberData(nameof(Entries))]
    public void Entries_that_are_not_those_that_are_listed(string what, string reason) =>
        Refuse(
            new TestPack
            {
                EditEntries = entries =>
                {
                    TestPack.Entry third = entries[2];
                    switch (what)
                    {
                        case "changed":
                            third.Content[^10] ^= 1;
                            break;
                        case "climbs":
                            entries[2] = third with { Name = "../../evil.jpg" };
                            break;
                        case "absolute":
                            entries[2] = third with { Name = "/tmp/evil.jpg" };
                            break;
                        case "link":
                            entries[2] = third with
                            {
                                Type = TarEntryType.SymbolicLink,
                                Link = "/etc/passwd",
                            };
                            break;
                        case "hard link":
                            entries[2] = third with
                            {
                                Type = TarEntryType.HardLink,
                                Link = "pack.json",
                            };
                            break;
                        case "folder":
                            entries[2] = third with { Type = TarEntryType.Directory };
                            break;
                        case "twice":
                            entries.Insert(3, third);
                            break;
                        case "swapped":
                            (entries[2], entries[3]) = (entries[3], third);
                            break;
                        case "longer":
                            entries[2] = third with { Content = [.. third.Content, 0] };
                            break;
                        case "no end":
                            entries.RemoveAt(entries.Count - 1);
                            break;
                        case "more":
                            entries.Add(new TestPack.Entry("more.json", [1]));
                            break;
                        case "other end":
                            byte[] end = entries[^1].Content;
                            end[^5] = (byte)(end[^5] == '0' ? '1' : '0');
                            break;
                        default:
                            entries.RemoveAt(0);
                            break;
                    }
                },
            },
            reason
        );

    public static TheoryData<string, string, string> Manifests() =>
        new()
        {
            { "format", "2", "format is 2; this version reads 1" },
            { "agent", "\"../x\"", "agent is '../x'; allowed" },
            { "files", "[]", "files is empty" },
            { "files", "null", "pack.json" },
            { "created", "\"2026-03-01T00:00:00\"", "must be UTC" },
            {
                "files",
                """[{"name":"../../evil.jpg","size":1,"sha256":"00"}]""",
                "files names '../../evil.jpg'; allowed"
            },
            {
                "files",
                """[{"name":"gate/2026-03-01/../../x.jpg","size":1,"sha256":"00"}]""",
                "allowed: camera"
            },
            {
                "files",
                """[{"name":"gate/2026-02-30/120000.000.jpg","size":1,"sha256":"00"}]""",
                "allowed: camera"
            },
            {
                "files",
                """[{"name":"gate/2026-03-01/coco.json","size":1000000000,"sha256":"00"}]""",
                "allowed: 1 to 268435456"
            },
        };

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Manifests_that_say_what_is_not_allowed(string key, string value, string reason) =>
        Refuse(
            new TestPack { EditManifest = manifest => manifest[key] = JsonNode.Parse(value) },
            reason
        );

    public static TheoryData<string, string, string, string> Documents() =>
        new()
        {
            { "images", "date_captured", "\"2026-03-01T13:00:00Z\"", "its name says" },
            { "images", "width", "97", "its coco.json says 97x64" },
            {
                "images",
                "file_name",
                "\"gate/2026-03-01/000000.000.jpg\"",
                "is no picture of this folder"
            },
            { "images", "masks_applied", "false", "privacy masks were not drawn" },
            { "images", "camera", "\"yard\"", "its name says 'gate'" },
            { "images", "policy", "\"A B\"", "policy is 'A B'" },
            { "images", "model", "null", "coco.json" },
            { "images", "id", "2", "image id 2 occurs twice" },
            { "annotations", "image_id", "99", "is of image 99, which is not among the images" },
            { "annotations", "category_id", "3", "is of category 3; allowed: 7" },
            { "annotations", "bbox", "[90, 10, 20, 20]", "is not inside its picture of 96x64" },
            { "annotations", "bbox", "[1, 1, 0, 5]", "is empty" },
            { "annotations", "bbox", "[1, 1, 5]", "holds 3 numbers" },
            { "annotations", "score", "1.5", "score is 1.5; allowed: 0 to 1" },
            { "annotations", "source", "\"human\"", "allowed in a pack: model" },
            { "annotations", "id", "2", "its id occurs twice" },
        };

    [Theory]
    [MemberData(nameof(Documents))]
    public void Documents_that_contradict_the_pack(
        string section,
        string key,
        string value,
        string reason
    ) =>
        Refuse(
            new TestPack
            {
                EditDocument = document => document[section]![0]![key] = JsonNode.Parse(value),
            },
            reason
        );

    [Fact]
    public void A_picture_without_an_entry() =>
        Refuse(
            new TestPack { EditDocument = document => document["images"]!.AsArray().RemoveAt(19) },
            "is not among the images"
        );

    [Theory]
    [InlineData(0.5, "cannot be decoded completely")]
    [InlineData(0.01, "is no JPEG picture")]
    public void A_picture_that_does_not_decode(double share, string reason)
    {
        byte[] jpeg = TestPack.Jpeg(99);
        byte[] cut = jpeg[..(int)(share * jpeg.Length)];
        Refuse(
            new TestPack().Add("gate", TestPack.At(100), cut),
            $"gate/2026-03-01/120140.000.jpg: {reason}"
        );
    }

    [Theory]
    [InlineData(100)]
    [InlineData(600)]
    [InlineData(9000)]
    public void A_pack_that_is_cut(int bytes)
    {
        string pack = new TestPack().AddRow("gate", 20, 1, 0).Write(At("a.tar"));
        using (FileStream file = File.OpenWrite(pack))
        {
            file.SetLength(bytes);
        }

        Assert.Throws<InvalidDatasetException>(() => Build(pack));
        Assert.Empty(Directory.GetDirectories(_folder.Path));
    }

    [Fact]
    public void Any_damage_is_refused_or_harmless()
    {
        string pack = new TestPack().AddRow("gate", 8, 5, 0).Write(At("fuzz.tar"));
        byte[] whole = File.ReadAllBytes(pack);
        string identity;
        using (var original = new PackReader(pack))
        {
            identity = original.Identity;
        }

        Laws.Hold(300, random => Damage(random, pack, whole, identity));
    }

    private static void Damage(Random random, string pack, byte[] whole, string identity)
    {
        byte[] bytes = [.. whole];
        if (random.Next(4) == 0)
        {
            bytes = bytes[..random.Next(bytes.Length)];
        }
        else
        {
            // Half of the damage in the headers and the manifest, which are read before any hash is known.
            int reach = random.Next(2) == 0 ? 4096 : bytes.Length;
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(reach)] = (byte)random.Next(256);
            }
        }

        File.WriteAllBytes(pack, bytes);
        try
        {
            using var reader = new PackReader(pack);
            PackEntry[] entries = [.. reader.Files()];
            // What reads to its end is either what was packed, or says which file is not.
            bool isWhole = entries.All(entry => entry.Problem() is null);
            Assert.True(!isWhole || reader.Identity == identity);
        }
        catch (InvalidDatasetException error)
        {
            Assert.Contains("fuzz.tar", error.Message, StringComparison.Ordinal);
        }
    }

    private void Refuse(TestPack pack, string reason)
    {
        string path = pack.AddRow("gate", 20, 1, 0).Write(At("bad.tar"));

        InvalidDatasetException error = Assert.Throws<InvalidDatasetException>(() => Build(path));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_folder.Path));
    }

    private void Build(string pack) =>
        new DatasetBuilder(
            new BuildOptions(new SplitOptions(10, 2, 2, []), NearBits: 10, TakeUnmasked: false)
        ).Build([pack], At("set"), (_, _) => { }, TestContext.Current.CancellationToken);

    private string At(string name) => Path.Combine(_folder.Path, name);
}
