using System.Text.Json.Nodes;
using OpenCvSharp;

namespace AsffEdge.Detection.Tests;

public sealed class DetectorErrorTests : IDisposable
{
    private readonly ColourCells _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void A_missing_file() =>
        AssertFails(Path.Combine(_models.Folder, "none.onnx"), "does not exist");

    [Fact]
    public void A_missing_folder() =>
        AssertFails(Path.Combine(_models.Folder, "none", "none.onnx"), "does not exist");

    [Fact]
    public void A_folder() => AssertFails(_models.Folder, "is a folder");

    [Fact]
    public void An_empty_file() => AssertFails(Bytes([]), "is empty");

    [Fact]
    public void No_onnx_file_at_all() =>
        AssertFails(
            Bytes("<html>not found</html>"u8.ToArray()),
            "cannot be loaded; expected an ONNX file"
        );

    [Fact]
    public void A_file_cut_short() =>
        AssertFails(
            Bytes(File.ReadAllBytes(_models.Write())[..500]),
            "cannot be loaded; expected an ONNX file"
        );

    [Fact]
    public void No_manifest() =>
        AssertFails(_models.Write((string?)null), "has no manifest", ModelManifest.MetadataKey);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"format\": 1")]
    public void A_manifest_that_is_none(string manifest) =>
        AssertFails(_models.Write(manifest), ModelManifest.MetadataKey);

    [Fact]
    public void A_manifest_that_names_another_input() =>
        AssertFails(
            _models.Write(json => json["input"]!["name"] = "pictures"),
            "'pictures'",
            "'images'"
        );

    [Fact]
    public void A_manifest_that_names_another_output() =>
        AssertFails(
            _models.Write(json => json["heads"]![1]!["output"] = "finest"),
            "'finest'",
            "'coarse', 'fine'"
        );

    [Fact]
    public void A_manifest_with_more_labels_than_the_graph() =>
        AssertFails(
            _models.Write(json => json["labels"]!.AsArray().Add("yellow")),
            "output 'coarse'",
            "14",
            "16",
            "3 labels"
        );

    [Fact]
    public void A_manifest_with_another_number_of_predictions() =>
        AssertFails(
            _models.Write(json => json["heads"]![1]!["predictions"] = 3),
            "output 'fine'",
            "14",
            "21"
        );

    [Fact]
    public void A_stride_that_the_graph_does_not_have()
    {
        string path = _models.Write(json => json["heads"]![0]!["stride"] = 16);
        using Detector detector = Detector.Open(path, new());

        ModelException error = Assert.Throws<ModelException>(() => detector.Warm(320));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("320", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-32)]
    [InlineData(32)]
    [InlineData(321)]
    [InlineData(832)]
    [InlineData(int.MinValue)]
    public void A_size_that_the_model_does_not_take(int size)
    {
        using Detector detector = _models.Open();
        using var picture = new Mat(10, 10, MatType.CV_8UC3, Scalar.Black);

        Assert.Contains(
            "multiples of 32 from 64 to 800",
            Assert.Throws<ArgumentOutOfRangeException>(() => detector.Warm(size)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            detector.Detect(picture, size, 0.5f, 0.6f, [], out _)
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => detector.RunTensor([], size));
    }

    [Fact]
    public void A_tensor_of_another_length()
    {
        using Detector detector = _models.Open();

        Assert.Throws<ArgumentException>(() =>
            detector.RunTensor(new float[(3 * 64 * 64) - 1], 64)
        );
    }

    [Fact]
    public void A_provider_that_is_not_in_this_build_is_skipped_with_its_reason()
    {
        string path = _models.Write();
        using Detector detector = Detector.Open(path, new() { Providers = ["tensorrt", "cpu"] });

        Assert.Equal("cpu", detector.Provider);
        Assert.Contains(
            "tensorrt: not in this build",
            Assert.Single(detector.SkippedProviders),
            StringComparison.Ordinal
        );
        AssertFails(
            path,
            new DetectorOptions { Providers = ["tensorrt"] },
            "tensorrt: not in this build",
            "-p:Accelerator=cuda"
        );
    }

    [Fact]
    public void Options_out_of_range()
    {
        string path = _models.Write();

        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            Detector.Open(path, new() { Providers = ["gpu"] })
        );
        Assert.Contains("gpu", error.Message, StringComparison.Ordinal);
        Assert.Contains("cpu, cuda, tensorrt", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Detector.Open(path, new() { Providers = [] }));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Detector.Open(path, new() { Threads = -1 })
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Detector.Open(path, new() { MaxDetections = 0 })
        );
    }

    [Fact]
    public void A_detector_that_was_disposed_is_not_used()
    {
        Detector detector = _models.Open();
        detector.Warm(64);
        detector.Dispose();
        detector.Dispose();

        Assert.Throws<ObjectDisposedException>(() => detector.Run(64));
        Assert.Throws<ObjectDisposedException>(() =>
            detector.RunTensor(new float[3 * 64 * 64], 64)
        );
    }

    [Fact]
    public void Whatever_bytes_are_changed_the_file_opens_or_is_refused()
    {
        byte[] good = File.ReadAllBytes(_models.Write());
        var random = new Random(7);
        int refused = 0;
        for (int round = 0; round < 300; round++)
        {
            byte[] bad = [.. good];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            string path = Bytes(bad);
            try
            {
                Detector.Open(path, new() { Threads = 1 }).Dispose();
            }
            catch (ModelException error)
            {
                Assert.Contains(path, error.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, 30, 300);
    }

    private string Bytes(byte[] content)
    {
        string path = Path.Combine(_models.Folder, $"{Guid.NewGuid():n}.onnx");
        File.WriteAllBytes(path, content);
        return path;
    }

    private static void AssertFails(string path, params string[] parts) =>
        AssertFails(path, new DetectorOptions(), parts);

    private static void AssertFails(string path, DetectorOptions options, params string[] parts)
    {
        ModelException error = Assert.Throws<ModelException>(() => Detector.Open(path, options));
        Assert.All(
            parts.Append(path),
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal)
        );
    }
}
