using System.Text.Json.Nodes;
using OpenCvSharp;

namespace AsffEdge.Detection.Tests;

public sealed class ModelCheckTests : IDisposable
{
    private readonly ColourCells _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void A_sound_model_finds_in_its_picture_what_it_must()
    {
        GoldenResult result = Assert.Single(Check(_models.WriteGolden()));

        Assert.Equal(320, result.Size);
        Assert.True(result.Expected > 0);
        Assert.Equal((0, 1), (result.ScoreError, result.LeastOverlap));
    }

    [Fact]
    public void A_model_without_a_picture_is_run_but_not_compared()
    {
        Assert.Empty(Check(_models.Write()));
    }

    [Fact]
    public void A_model_without_a_checksum_is_refused() =>
        Fails(
            ModelFault.NoChecksum,
            _models.Write(ColourCells.Manifest.ToJson(), isSealed: false),
            "asff-train golden"
        );

    [Fact]
    public void Another_file_than_the_one_asked_for_is_refused()
    {
        string path = _models.WriteGolden();
        string other = new('0', 64);

        Fails(ModelFault.WrongSha256, path, [other], other);
    }

    /// <summary>What no checksum can find: the file is whole, but it computes something else here.</summary>
    [Theory]
    [InlineData("moved", "where nothing")]
    [InlineData("weaker", "that must have")]
    [InlineData("more", "does not find class 1")]
    [InlineData("class", "where nothing")]
    public void A_model_that_finds_something_else_is_refused(string change, string part)
    {
        string path = _models.WriteGolden();
        JsonNode golden = JsonNode.Parse(ModelContent.Read(path).Golden!.ToJson())!;
        JsonArray objects = golden["sizes"]![0]!["objects"]!.AsArray();
        switch (change)
        {
            case "moved":
                objects[0]!["box"] = new JsonArray(0.5, 0.5, 0.75, 0.75);
                break;
            case "weaker":
                objects[0]!["score"] = 0.7;
                break;
            case "more":
                JsonNode more = objects[0]!.DeepClone();
                more["class_id"] = 1;
                objects.Add(more);
                break;
            default:
                objects[0]!["class_id"] = 1;
                break;
        }

        ColourCells.Reseal(path, new() { [GoldenPicture.MetadataKey] = golden.ToJsonString() });

        Fails(ModelFault.WrongDetections, path, [null], part);
    }

    [Fact]
    public void A_size_that_is_in_use_but_not_for_the_model_is_refused()
    {
        using Detector detector = Detector.Open(_models.WriteGolden(), new() { Threads = 1 });

        ModelException error = Assert.Throws<ModelException>(() => ModelCheck.Run(detector, [832]));

        Assert.Equal(ModelFault.Unsuitable, error.Fault);
        Assert.Contains("multiples of 32 from 64 to 800", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_in_which_nothing_is_found_makes_no_golden_picture()
    {
        using Detector detector = _models.Open();
        using Mat black = ColourCells.Picture(320, 320);

        FormatException error = Assert.Throws<FormatException>(() =>
            ModelCheck.Make(detector, black, null, [320], 30_000)
        );

        Assert.Contains("checks nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_picture_is_made_small_enough()
    {
        using Detector detector = _models.Open();
        using Mat noise = new(1080, 1920, MatType.CV_8UC3);
        Cv2.Randu(noise, Scalar.All(0), Scalar.All(60));
        noise.Rectangle(new Rect(400, 300, 600, 400), new Scalar(0, 0, 255), -1);

        GoldenPicture golden = ModelCheck.Make(detector, noise, null, [320], 30_000);

        Assert.InRange(golden.Picture.Length, 1, 30_000);
    }

    [Theory]
    [InlineData("none", ModelFault.Missing)]
    [InlineData("folder", ModelFault.NotAFile)]
    [InlineData("empty", ModelFault.Empty)]
    [InlineData("html", ModelFault.NotOnnx)]
    [InlineData("huge", ModelFault.TooLarge)]
    [InlineData("device", ModelFault.Empty)]
    [InlineData("opset", ModelFault.NotLoadable)]
    [InlineData("no manifest", ModelFault.NoManifest)]
    [InlineData("bad manifest", ModelFault.BadManifest)]
    [InlineData("bad golden", ModelFault.BadGolden)]
    [InlineData("labels", ModelFault.WrongGraph)]
    [InlineData("strides", ModelFault.InferenceFailed)]
    public void Every_fault_has_a_code_of_its_own_and_names_the_file(
        string kind,
        ModelFault expected
    ) => Fails(expected, Make(kind));

    private string Make(string kind)
    {
        string path = Path.Combine(_models.Folder, "model.onnx");
        switch (kind)
        {
            case "none":
                return path;
            case "folder":
                return _models.Folder;
            case "device":
                return "/dev/zero";
            case "empty":
                File.WriteAllBytes(path, []);
                return path;
            case "html":
                File.WriteAllText(path, "<html>not found</html>");
                return path;
            case "huge":
                // A hole, not bytes: refused without being read.
                using (FileStream file = File.Create(path))
                {
                    file.SetLength(3L << 30);
                }

                return path;
            case "opset":
                path = _models.WriteGolden();
                byte[] bytes = File.ReadAllBytes(path);
                // opset_import { domain: "" version: … } with its one small number raised.
                int at = Enumerable
                    .Range(0, bytes.Length - 3)
                    .Last(i =>
                        bytes[i] == 0x42
                        && bytes[i + 1] is 2 or 4
                        && bytes[i + bytes[i + 1]] == 0x10
                    );
                bytes[at + 1 + bytes[at + 1]] = 99;
                File.WriteAllBytes(path, bytes);
                ColourCells.Reseal(path, []);
                return path;
            case "bad golden":
                path = _models.WriteGolden();
                ColourCells.Reseal(path, new() { [GoldenPicture.MetadataKey] = "{}" });
                return path;
            default:
                return kind switch
                {
                    "no manifest" => _models.Write((string?)null),
                    "bad manifest" => _models.Write("{}"),
                    "labels" => _models.Write(json => json["labels"]!.AsArray().Add("yellow")),
                    _ => _models.Write(json => json["heads"]![0]!["stride"] = 16),
                };
        }
    }

    private static IReadOnlyList<GoldenResult> Check(string path, string? sha256 = null)
    {
        using Detector detector = Detector.Open(path, new() { Threads = 1 });
        ModelCheck.RequireSound(detector.Content, sha256);
        return ModelCheck.Run(detector, [64, 320]);
    }

    private static void Fails(ModelFault fault, string path, params string[] parts) =>
        Fails(fault, path, [null], parts);

    private static void Fails(
        ModelFault fault,
        string path,
        string?[] sha256,
        params string[] parts
    )
    {
        ModelException error = Assert.Throws<ModelException>(() => Check(path, sha256[0]));
        Assert.True(fault == error.Fault, error.Message);
        Assert.All(
            parts.Append(path),
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal)
        );
    }
}
