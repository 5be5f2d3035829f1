using AsffEdge.Detection;
using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Network;
using Microsoft.ML.OnnxRuntime;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Export;

/// <summary>TorchSharp and ONNX Runtime agree on RetinaNet, and the exported file is one that <see cref="Detector"/> runs.</summary>
[Trait("Category", "Slow")]
public sealed class RetinaNetParityTests : IDisposable
{
    private const double Tolerance = 1e-4;

    // A hundred layers of the golden folder's random weights magnify rounding: ONNX Runtime, which gets the normalisations folded into the
    // convolutions, was 4.8e-4 away. Shallower networks, and weights that keep their scale, stay within the limit above.
    private const double DeepTolerance = 1e-3;
    private readonly string _folder = Directory.CreateTempSubdirectory("asff-parity-").FullName;

    public static TheoryData<string> Folder() =>
        [.. GoldenNetwork.VariantNames(GoldenNetwork.RetinaNetFolder)];

    public static TheoryData<FusionKind> Fusions() => [.. Enum.GetValues<FusionKind>()];

    [Theory]
    [MemberData(nameof(Folder))]
    public void Full_width_agrees(string variant)
    {
        GoldenNetwork golden = GoldenNetwork.OpenRetinaNet(variant);
        using NetworkState state = golden.CreateState();
        bool isDeep = golden.Configuration.Backbone == BackboneKind.ResNet101;
        Check(state, golden.Configuration, isDeep ? DeepTolerance : Tolerance, (320, 2), (608, 1));
    }

    [Theory]
    [MemberData(nameof(Fusions))]
    public void Every_fusion_agrees_at_every_size(FusionKind fusion)
    {
        NetworkConfiguration network = TinyRetinaNet.Configuration(fusion);
        using NetworkState state = TinyRetinaNet.Scaled(network);
        Check(state, network, Tolerance, (320, 2), (416, 1), (608, 1), (800, 1));
    }

    [Theory]
    [MemberData(nameof(Fusions))]
    public void The_detector_runs_the_exported_file(FusionKind fusion)
    {
        NetworkConfiguration network = TinyRetinaNet.Configuration(fusion);
        using NetworkState state = TinyRetinaNet.Scaled(network);
        string path = Path.Combine(_folder, "network.onnx");
        OnnxExporter.Export(path, state, GoldenOutputTests.Describe(network), half: false);
        using Detector detector = Detector.Open(path, new DetectorOptions { Threads = 1 });
        using var picture = new Mat(300, 500, MatType.CV_8UC3, new Scalar(20, 120, 220));
        var results = new DetectedObject[detector.MaxDetections];

        Assert.Equal(DecoderKind.Retinanet, detector.Manifest.DecoderKind);
        foreach (int size in (int[])[320, 352, 800])
        {
            // Fresh scores are not far from the prior, 0.01.
            int count = detector.Detect(picture, size, 0.001f, 0.5f, results, out _);
            Assert.Equal(results.Length, count);
            Assert.All(results, found => Assert.InRange(found.Score, 0.001f, 0.3f));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Check(
        NetworkState state,
        NetworkConfiguration network,
        double tolerance,
        params ReadOnlySpan<(int Size, int Batch)> cases
    )
    {
        string path = Path.Combine(_folder, "network.onnx");
        OnnxExporter.Export(path, state, GoldenOutputTests.Describe(network), half: false);
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(path, options);
        foreach ((int size, int batch) in cases)
        {
            (double norm, double worst) = OnnxParity.Compare(session, state, network, size, batch);
            Assert.True(
                norm <= tolerance && worst <= 3 * tolerance,
                $"{network.Variant}, fusion {network.Fusion}, at {size}, batch {batch}: relative difference {norm:G3}, worst {worst:G3}; allowed {tolerance}, {3 * tolerance}"
            );
        }
    }
}
