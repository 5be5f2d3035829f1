using System.Formats.Tar;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Footage;

namespace AsffEdge.Trainer.Tests.Footage;

/// <summary>Packs that docs/footage.md does not allow are refused with the entry and the reason, and nothing is left of them.</summary>
public sealed class RefusedPackTests : IDisposable
{
    private const int Block = 512;

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
            { "device", "is an entry of type CharacterDevice" },
            { "pax", "in Pax format; allowed: regular files in ustar format" },
            { "gnu", "in Gnu format; allowed: regular files in ustar format" },
            { "unlisted", "stands where" },
            { "lost", "stands where" },
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
                        case "device":
                            entries[2] = third with { Type = TarEntryType.CharacterDevice };
                            break;
                        case "pax":
                            entries[2] = third with { Format = TarEntryFormat.Pax };
                            break;
                        case "gnu":
                            entries[2] = third with { Format = TarEntryFormat.Gnu };
                            break;
                        case "unlisted":
                            entries.Insert(
                                3,
                                third with
                                {
                                    Name = "gate/2026-03-01/120000.500.jpg",
                                }
                            );
                            break;
                        case "lost":
                            entries.RemoveAt(3);
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
            {
                "files",
                """[{"name":"gate/2026-03-01/coco.json","size":0,"sha256":"00"}]""",
                "size of 'gate/2026-03-01/coco.json' is 0; allowed: 1 to"
            },
            {
                "files",
                """[{"name":"gate/2026-03-01/coco.json","size":9,"sha256":"00"}]""",
                "sha256 of 'gate/2026-03-01/coco.json' is '00'; allowed: 64"
            },
            { "files", $"[{Listed("coco.json")},{Listed("coco.json")}]", "coco.json' twice" },
            {
                "files",
                $"[{Listed("120000.000.jpg")},{Listed("coco.json")}]",
                "'gate/2026-03-01/120000.000.jpg' stands before the coco.json of its folder"
            },
            { "files", "[null]", "pack.json" },
        };

    private static string Listed(string name) =>
        $$"""{"name":"gate/2026-03-01/{{name}}","size":9,"sha256":"{{new string('0', 64)}}"}""";

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
            { "images", "width", "0", "its size is 0x64; allowed: above 0" },
            { "images", "score_threshold", "2", "score_threshold is 2; allowed: 0 to 1" },
            { "images", "dhash", "\"xyz\"", "dhash is 'xyz'; allowed: 64" },
            {
                "images",
                "model",
                """{"name":"a","version":"1","sha256":"F0"}""",
                "model.sha256 is 'F0'; allowed: 64"
            },
            { "categories", "name", "\" \"", "a category has no name" },
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

    [Theory]
    [InlineData("agent", "edge-2")]
    [InlineData("camera", "yard")]
    public void A_document_of_another_agent_or_camera(string key, string value) =>
        Refuse(
            new TestPack { EditDocument = document => document["info"]![key] = value },
            $"gate/2026-03-01/coco.json: info names agent"
        );

    [Theory]
    [InlineData(7, "car", "a category id occurs twice")]
    [InlineData(8, "person", "a category's name occurs twice")]
    public void Categories_that_occur_twice(int id, string name, string reason) =>
        Refuse(
            new TestPack
            {
                EditDocument = document =>
                    document["categories"]!
                        .AsArray()
                        .Add(new JsonObject { ["id"] = id, ["name"] = name }),
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

    [Fact]
    public void A_picture_that_asks_to_be_turned()
    {
        // An APP1 segment of EXIF data whose one entry is the orientation: 6, a quarter turn.
        byte[] exif = Convert.FromHexString(
            "FFE10022457869660000"
                + "4D4D002A00000008"
                + "0001"
                + "011200030000000100060000"
                + "00000000"
        );
        byte[] jpeg = TestPack.Jpeg(99);
        Refuse(
            new TestPack().Add("gate", TestPack.At(100), [.. jpeg[..2], .. exif, .. jpeg[2..]]),
            "gate/2026-03-01/120140.000.jpg: asks to be turned by its EXIF data"
        );
    }

    [Fact]
    public void A_pack_that_is_cut_anywhere()
    {
        string pack = new TestPack().AddRow("gate", 8, 5, 0).Write(At("a.tar"));
        byte[] whole = File.ReadAllBytes(pack);
        int end = whole.AsSpan().IndexOf("end.json"u8);
        // Only zero blocks follow the one block of end.json: without them the pack is whole, too.
        int enough = end + 2 * Block;
        for (int block = 0; block <= whole.Length; block += Block)
        {
            foreach (int length in (int[])[block, block + 1, block + Block - 1])
            {
                byte[] cut = whole[..Math.Min(length, whole.Length)];
                File.WriteAllBytes(pack, cut);
                try
                {
                    Build(pack);
                    Assert.True(cut.Length >= enough, $"{cut.Length} bytes were taken");
                    Directory.Delete(At("set"), recursive: true);
                }
                catch (InvalidDatasetException error)
                {
                    Assert.True(cut.Length < enough || cut.Length % Block != 0, error.Message);
                    Assert.Matches(
                        $@"^{Regex.Escape(pack)}: (gate/2026-03-01/)?[a-z0-9.]+: (is missing|the tar is damaged or cut)",
                        error.Message
                    );
                }

                Assert.Empty(Directory.GetDirectories(_folder.Path));
            }
        }
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
            Assert.Matches($@"^{Regex.Escape(pack)}: [^:]+(:\d+)?: .", error.Message);
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
