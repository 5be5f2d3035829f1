using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Footage;

/// <summary>Writes packs as docs/footage.md says, and, where a test wants it, not quite as it says.</summary>
internal sealed class TestPack(string agent = "edge-1")
{
    private readonly List<(string Camera, DateTime Time, byte[] Jpeg, double[][] Boxes)> _frames =
    [];

    /// <summary>Changes a day's document before it is hashed.</summary>
    public Action<JsonObject>? EditDocument { get; init; }

    /// <summary>Changes the files before they are hashed and listed: what comes of it is a pack whose checksums hold.</summary>
    public Action<List<Entry>>? EditFiles { get; init; }

    /// <summary>Changes <c>pack.json</c> before it is written.</summary>
    public Action<JsonObject>? EditManifest { get; init; }

    /// <summary>Changes what goes into the tar: after all hashes were taken.</summary>
    public Action<List<Entry>>? EditEntries { get; init; }

    public string Label { get; init; } = "person";

    public sealed record Entry(
        string Name,
        byte[] Content,
        TarEntryType Type = TarEntryType.RegularFile,
        string Link = "",
        TarEntryFormat Format = TarEntryFormat.Ustar
    );

    /// <summary>A picture of coarse noise: another one for every seed.</summary>
    public static byte[] Jpeg(int seed, int width = 96, int height = 64, int quality = 90)
    {
        using var cells = new Mat(8, 12, MatType.CV_8UC3);
        new Random(seed).NextBytes(cells.AsSpan<byte>());
        using var picture = new Mat();
        Cv2.Resize(cells, picture, new Size(width, height), 0, 0, InterpolationFlags.Cubic);
        Cv2.ImEncode(
            ".jpg",
            picture,
            out byte[] bytes,
            new ImageEncodingParam(ImwriteFlags.JpegQuality, quality)
        );
        return bytes;
    }

    public static DateTime At(double seconds) =>
        new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc).AddSeconds(seconds);

    /// <summary>Adds a frame; boxes are left, top, width, height.</summary>
    public TestPack Add(string camera, DateTime time, byte[] jpeg, params double[][] boxes)
    {
        _frames.Add((camera, time, jpeg, boxes));
        return this;
    }

    /// <summary>Adds frames of one camera, one every so many seconds.</summary>
    public TestPack AddRow(string camera, int count, double every, int firstSeed, double start = 0)
    {
        for (int index = 0; index < count; index++)
        {
            Add(
                camera,
                At(start + index * every),
                Jpeg(firstSeed + index),
                [10, 12, 20, 30],
                [50, 5, 15, 40]
            );
        }

        return this;
    }

    public string Write(string path)
    {
        List<Entry> files = [];
        foreach (
            var day in _frames
                .OrderBy(frame => frame.Camera, StringComparer.Ordinal)
                .ThenBy(frame => frame.Time)
                .GroupBy(frame => $"{frame.Camera}/{frame.Time:yyyy-MM-dd}")
        )
        {
            var pictures = new List<Entry>();
            var images = new JsonArray();
            var annotations = new JsonArray();
            foreach (var (camera, time, jpeg, boxes) in day)
            {
                string name = $"{day.Key}/{time:HHmmss.fff}.jpg";
                pictures.Add(new Entry(name, jpeg));
                images.Add(Image(images.Count + 1, name, camera, time, jpeg));
                foreach (double[] box in boxes)
                {
                    annotations.Add(
                        new JsonObject
                        {
                            ["id"] = annotations.Count + 1,
                            ["image_id"] = images.Count,
                            ["category_id"] = 7,
                            ["bbox"] = new JsonArray([.. box.Select(side => (JsonNode)side)]),
                            ["area"] = box[2] * box[3],
                            ["iscrowd"] = 0,
                            ["score"] = 0.5,
                            ["source"] = "model",
                        }
                    );
                }
            }

            var document = new JsonObject
            {
                ["info"] = new JsonObject
                {
                    ["agent"] = agent,
                    ["camera"] = day.First().Camera,
                    ["description"] = "AsffEdge footage",
                },
                ["categories"] = new JsonArray(new JsonObject { ["id"] = 7, ["name"] = Label }),
                ["images"] = images,
                ["annotations"] = annotations,
            };
            EditDocument?.Invoke(document);
            files.Add(new Entry($"{day.Key}/coco.json", Bytes(document)));
            files.AddRange(pictures);
        }

        EditFiles?.Invoke(files);
        WriteTar(path, files);
        return path;
    }

    private void WriteTar(string path, List<Entry> files)
    {
        var manifest = new JsonObject
        {
            ["format"] = 1,
            ["agent"] = agent,
            ["agent_version"] = "1.0.0",
            ["created"] = "2026-03-02T04:00:00Z",
            ["from"] = $"{_frames.Min(frame => frame.Time):O}",
            ["to"] = $"{_frames.Max(frame => frame.Time):O}",
            ["files"] = new JsonArray([
                .. files.Select(file => new JsonObject
                {
                    ["name"] = file.Name,
                    ["size"] = file.Content.Length,
                    ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(file.Content)),
                }),
            ]),
        };
        EditManifest?.Invoke(manifest);
        byte[] head = Bytes(manifest);
        var end = new JsonObject
        {
            ["format"] = 1,
            ["files"] = files.Count,
            ["bytes"] = files.Sum(file => (long)file.Content.Length),
            ["pack_sha256"] = Convert.ToHexStringLower(SHA256.HashData(head)),
        };
        List<Entry> entries =
        [
            new Entry("pack.json", head),
            .. files,
            new Entry("end.json", Bytes(end)),
        ];
        EditEntries?.Invoke(entries);
        using var tar = new TarWriter(File.Create(path), TarEntryFormat.Ustar);
        foreach (Entry entry in entries)
        {
            TarEntry written = entry.Format switch
            {
                TarEntryFormat.Pax => new PaxTarEntry(entry.Type, entry.Name),
                TarEntryFormat.Gnu => new GnuTarEntry(entry.Type, entry.Name),
                _ => new UstarTarEntry(entry.Type, entry.Name),
            };
            if (entry.Type == TarEntryType.RegularFile)
            {
                written.DataStream = new MemoryStream(entry.Content);
            }
            else if (entry.Link.Length > 0)
            {
                written.LinkName = entry.Link;
            }

            tar.WriteEntry(written);
        }
    }

    private static JsonObject Image(int id, string name, string camera, DateTime time, byte[] jpeg)
    {
        using Mat picture = Cv2.ImDecode(jpeg, ImreadModes.Color);
        return new JsonObject
        {
            ["id"] = id,
            ["file_name"] = name,
            ["width"] = picture.Empty() ? 96 : picture.Width,
            ["height"] = picture.Empty() ? 64 : picture.Height,
            ["date_captured"] = $"{time:O}",
            ["camera"] = camera,
            ["policy"] = "interval",
            ["profile"] = "balanced",
            ["input_size"] = 416,
            ["score_threshold"] = 0.3,
            ["model"] = new JsonObject
            {
                ["name"] = "pedestrian",
                ["version"] = "1.0.0",
                ["sha256"] = new string('a', 64),
            },
            ["masks_applied"] = true,
        };
    }

    private static byte[] Bytes(JsonNode node) =>
        System.Text.Encoding.UTF8.GetBytes(node.ToJsonString());
}
