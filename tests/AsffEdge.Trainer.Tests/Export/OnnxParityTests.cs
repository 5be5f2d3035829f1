using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Network;
using Microsoft.ML.OnnxRuntime;

namespace AsffEdge.Trainer.Tests.Export;

/// <summary>TorchSharp and ONNX Runtime agree on every variant of YOLOv3, size and batch, through the exported file.</summary>
[Trait("Category", "Slow")]
public sealed class OnnxParityTests : IDisposable
{
    private const double Tolerance = 1e-4;

    // A single value may differ by more: with the golden folder's random weights TorchSharp and ONNX Runtime are each about 1e-4 of the
    // largest value away from a float64 evaluation of the MobileNetV2 models.
    private const double WorstTolerance = 3e-4;
    private readonly string _folder = Directory.CreateTempSubdirectory("asff-parity-").FullName;

    public static TheoryData<string> VariantNames() =>
        [
            .. Variants.Names.Where(name =>
                Variants.Create(name, classes: 1).Detector == DetectorKind.Yolov3
            ),
        ];

    [Theory]
    [MemberData(nameof(VariantNames))]
    public void Exported_network_agrees_at_every_size_and_batch(string variant)
    {
        (string path, NetworkState state, NetworkConfiguration network) = Export(
            variant,
            half: false
        );
        using (state)
        using (var options = new SessionOptions { IntraOpNumThreads = 1 })
        using (var session = new InferenceSession(path, options))
        {
            foreach (int size in (int[])[320, 416, 608, 800])
            {
                foreach (int batch in (int[])[1, 2])
                {
                    (double norm, double worst) = OnnxParity.Compare(
                        session,
                        state,
                        network,
                        size,
                        batch
                    );
                    Assert.True(
                        norm <= Tolerance,
                        $"{variant} at {size}, batch {batch}: relative difference {norm:G3}, allowed {Tolerance}"
                    );
                    Assert.True(
                        worst <= WorstTolerance,
                        $"{variant} at {size}, batch {batch}: worst difference {worst:G3}, allowed {WorstTolerance}"
                    );
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(VariantNames))]
    public void Half_precision_stays_close(string variant)
    {
        (string path, NetworkState state, NetworkConfiguration network) = Export(
            variant,
            half: true
        );
        using (state)
        using (var options = new SessionOptions { IntraOpNumThreads = 1 })
        using (var session = new InferenceSession(path, options))
        {
            // The random weights magnify rounding some thousand times (see above), and half precision carries 11 bits.
            Assert.InRange(
                OnnxParity.Compare(session, state, network, size: 320, batch: 1).Norm,
                1e-5,
                0.1
            );
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (string Path, NetworkState State, NetworkConfiguration Network) Export(
        string variant,
        bool half
    )
    {
        // The golden weights, because their statistics are those of a real forward pass: nothing under- or overflows.
        GoldenNetwork golden = GoldenNetwork.OpenShipped(variant);
        NetworkState state = golden.CreateState();
        string path = Path.Combine(_folder, $"{variant}.onnx");
        OnnxExporter.Export(path, state, GoldenOutputTests.Describe(golden.Configuration), half);
        return (path, state, golden.Configuration);
    }
}
