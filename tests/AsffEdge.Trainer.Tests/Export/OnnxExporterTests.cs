using System.Diagnostics;
using AsffEdge.Detection;
using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Tests.Export;

public sealed class OnnxExporterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("asff-export-").FullName;

    [Fact]
    public void The_detector_opens_the_file_and_reads_its_manifest()
    {
        string path = ExportTiny(TinyNetwork.Configuration, half: false);
        using Detector detector = Detector.Open(path, new DetectorOptions());
        Assert.Equal("tiny", detector.Manifest.Name);
        Assert.Equal(["person"], detector.Manifest.Labels);
        Assert.Equal([32, 16, 8], detector.Manifest.Heads.Select(head => head.Stride));
        Assert.Equal(TinyNetwork.Configuration.Bases(0)[1], detector.Manifest.Heads[0].Bases[1]);
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Half_precision_halves_the_file()
    {
        long full = new FileInfo(ExportTiny(TinyNetwork.Configuration, half: false)).Length;
        long half = new FileInfo(ExportTiny(TinyNetwork.Configuration, half: true)).Length;
        Assert.InRange((double)half / full, 0.4, 0.75);
    }

    [Theory]
    [InlineData(FusionKind.Sum)]
    [InlineData(FusionKind.Concat)]
    [InlineData(FusionKind.None)]
    public void Every_fusion_exports_and_runs(FusionKind fusion)
    {
        using Detector detector = Detector.Open(
            ExportTiny(TinyNetwork.Configuration with { Fusion = fusion }, half: false),
            new DetectorOptions()
        );
        detector.RunTensor(new float[3 * 320 * 320], 320);
        Assert.True(detector.HeadMap(0).IndexOfAnyExcept(0f) >= 0);
    }

    [Fact]
    public void Three_predictions_without_guidance_export_in_both_precisions()
    {
        NetworkConfiguration network = TinyNetwork.Configuration with
        {
            GuidedAnchoring = false,
            AnchorFree = false,
        };
        float[] Map(bool half)
        {
            using Detector detector = Detector.Open(
                ExportTiny(network, half),
                new DetectorOptions()
            );
            Assert.Equal(3, detector.Manifest.Heads[0].Predictions);
            detector.RunTensor(new float[3 * 320 * 320], 320);
            return detector.HeadMap(0).ToArray();
        }

        float[] full = Map(half: false);
        Assert.Equal(3 * 6 * 10 * 10, full.Length);
        Assert.InRange(Close.NormRelative(full, Map(half: true)), 1e-7, 0.01);
        // The graph adds ln of the base shapes: the first two anchors of the coarsest level are 116 and 156 px wide.
        Assert.Equal(
            Math.Log(156.0 / 116),
            full.AsSpan(800, 100).ToArray().Average() - full.AsSpan(200, 100).ToArray().Average(),
            1
        );
    }

    [Theory]
    [Trait("Category", "System")]
    [InlineData("mobilenetv2", false)]
    [InlineData("mobilenetv2_asff", false)]
    [InlineData("mobilenetv2_asff", true)]
    public void The_onnx_checker_accepts_it(string variant, bool half)
    {
        // Debian's python3-onnx knows opsets up to 17; the models with deformable convolution need 19 and are left to ONNX Runtime.
        NetworkConfiguration network = Variants.Create(variant, 1) with
        {
            BackboneWidth = 0.1,
            NeckWidth = 0.1,
        };
        string path = ExportTiny(network, half);
        using Process checker = Process.Start(
            new ProcessStartInfo(
                "/usr/bin/python3",
                [
                    "-c",
                    "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)",
                    path,
                ]
            )
            {
                RedirectStandardError = true,
            }
        )!;
        string errors = checker.StandardError.ReadToEnd();
        checker.WaitForExit();
        Assert.True(checker.ExitCode == 0, errors);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string ExportTiny(NetworkConfiguration network, bool half)
    {
        string path = Path.Combine(_folder, "tiny.onnx");
        using NetworkState state = NetworkState.Initialise(network, seed: 1);
        OnnxExporter.Export(path, state, TinyNetwork.Describe() with { Network = network }, half);
        return path;
    }
}
