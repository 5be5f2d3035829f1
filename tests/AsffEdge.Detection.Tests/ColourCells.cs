using System.Text;
using System.Text.Json.Nodes;
using OpenCvSharp;

namespace AsffEdge.Detection.Tests;

/// <summary>
/// Model files over the graph of <c>Assets/colour_cells.py</c>, whose answers are known by construction, each with a manifest of the
/// test's choice; and pictures for it. Deletes what it wrote.
/// </summary>
public sealed class ColourCells : IDisposable
{
    public const int Coarse = 32;

    public static readonly ModelManifest Manifest = new()
    {
        Name = "colour-cells",
        Version = "1.0.0",
        Decoder = "yolov3",
        Labels = ["red or green", "blue"],
        Heads =
        [
            new(
                "coarse",
                Coarse,
                2,
                [
                    [32, 32],
                    [96, 96],
                ]
            ),
            new(
                "fine",
                16,
                2,
                [
                    [16, 16],
                    [48, 48],
                ]
            ),
        ],
        Input = new()
        {
            Name = "images",
            Mean = [0, 0, 0],
            Std = [1, 1, 1],
            MinSize = 64,
            MaxSize = 800,
            DefaultSize = 320,
        },
        Thresholds = new(0.5f, 0.6f),
    };

    /// <summary>The same detector as a RetinaNet, with a third level of stride 128 that finds nothing.</summary>
    public static readonly ModelManifest RetinaManifest = Manifest with
    {
        Name = "colour-cells-retina",
        Decoder = "retinanet",
        Heads =
        [
            new(
                "coarsest",
                128,
                2,
                [
                    [128, 128],
                    [384, 384],
                ]
            ),
            .. Manifest.Heads,
        ],
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asff-edge-tests-");

    public string Folder => _folder.FullName;

    /// <summary>A model file with this manifest, or, where null, without any; and with its own checksum or not.</summary>
    public string Write(
        string? manifest,
        string graphFile = "colour_cells.onnx",
        bool isSealed = true
    )
    {
        byte[] graph = File.ReadAllBytes(
            Path.Combine(AppContext.BaseDirectory, "Assets", graphFile)
        );
        string path = Path.Combine(Folder, $"{Guid.NewGuid():n}.onnx");

        // A protobuf message may be followed by more of its fields: metadata_props is field 14, its key 1 and its value 2.
        byte[] metadata = manifest is null
            ? []
            : Field(
                14,
                [
                    .. Field(1, Encoding.UTF8.GetBytes(ModelManifest.MetadataKey)),
                    .. Field(2, Encoding.UTF8.GetBytes(manifest)),
                ]
            );
        File.WriteAllBytes(path, [.. graph, .. metadata]);
        if (isSealed)
        {
            Reseal(path, []);
        }

        return path;
    }

    public string Write() => Write(Manifest.ToJson());

    /// <summary>A model file of the RetinaNet.</summary>
    public string WriteRetina() => Write(RetinaManifest.ToJson(), "colour_cells_retina.onnx");

    /// <summary>A model file whose manifest has been changed as JSON.</summary>
    public string Write(Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(Manifest.ToJson())!;
        change(json);
        return Write(json.ToJsonString());
    }

    /// <summary>A model file as the exporter writes them: with a golden picture in which a red cell must be found.</summary>
    public string WriteGolden(string version = "1.0.0")
    {
        string path = Write(json => json["version"] = version);
        using (Detector detector = Detector.Open(path, new() { Threads = 1 }))
        using (Mat picture = Picture(320, 320, (new Rect(96, 64, 96, 96), new Scalar(0, 0, 255))))
        {
            GoldenPicture golden = ModelCheck.Make(detector, picture, "test", [320], 30_000);
            Reseal(path, new() { [GoldenPicture.MetadataKey] = golden.ToJson() });
        }

        return path;
    }

    /// <summary>A sound model file to which red is blue, with a golden picture that was not made with it.</summary>
    public string WriteOther(GoldenPicture golden, string version = "2.0.0")
    {
        string path = Write(json =>
        {
            json["version"] = version;
            json["input"]!["color"] = "bgr";
        });
        Reseal(path, new() { [GoldenPicture.MetadataKey] = golden.ToJson() });
        return path;
    }

    /// <summary>Sets metadata of a model file and gives it its checksum anew.</summary>
    public static void Reseal(string path, Dictionary<string, string> metadata)
    {
        using MemoryStream source = new(File.ReadAllBytes(path));
        using FileStream target = File.Create(path);
        ModelSeal.Write(source, target, metadata);
    }

    public Detector Open(int threads = 1) => Detector.Open(Write(), new() { Threads = threads });

    /// <summary>A black BGR picture with filled rectangles.</summary>
    public static Mat Picture(int width, int height, params (Rect Area, Scalar Bgr)[] parts)
    {
        var picture = new Mat(height, width, MatType.CV_8UC3, Scalar.Black);
        foreach ((Rect area, Scalar bgr) in parts)
        {
            picture.Rectangle(area, bgr, -1);
        }

        return picture;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Field(int number, byte[] content)
    {
        var bytes = new List<byte>();
        foreach (uint value in (uint[])[((uint)number << 3) | 2, (uint)content.Length])
        {
            uint rest = value;
            for (; rest >= 0x80; rest >>= 7)
            {
                bytes.Add((byte)(rest | 0x80));
            }

            bytes.Add((byte)rest);
        }

        bytes.AddRange(content);
        return [.. bytes];
    }
}
