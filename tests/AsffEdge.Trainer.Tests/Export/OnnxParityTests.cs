using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Tests.Network;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Export;

/// <summary>TorchSharp and ONNX Runtime agree on every variant, size and batch, through the exported file.</summary>
[Trait("Category", "Slow")]
public sealed class OnnxParityTests : IDisposable
{
    private const double Tolerance = 1e-4;

    // A single value may differ by more: with the golden folder's random weights TorchSharp and ONNX Runtime are each about 1e-4 of the
    // largest value away from a float64 evaluation of the MobileNetV2 models.
    private const double WorstTolerance = 3e-4;
    private readonly string _folder = Directory.CreateTempSubdirectory("asff-parity-").FullName;

    public static TheoryData<string> VariantNames() => [.. Variants.Names];

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
                    (double norm, double worst) = Compare(session, state, network, size, batch);
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
            Assert.InRange(Compare(session, state, network, size: 320, batch: 1).Norm, 1e-5, 0.1);
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

    private static (double Norm, double Worst) Compare(
        InferenceSession session,
        NetworkState state,
        NetworkConfiguration network,
        int size,
        int batch
    )
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        using var generator = new Generator((ulong)(size + batch));
        Tensor input = rand([batch, 3, size, size], generator: generator) * 4 - 2;
        Tensor[] expected = AsffYolo.ForwardMaps(
            new TorchOps(state, training: false),
            input,
            network
        );
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(
            input.data<float>().ToArray(),
            [batch, 3, size, size]
        );
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
            options,
            ["images"],
            [value],
            session.OutputNames
        );
        (double norm, double worst) = (0, 0);
        for (int level = 0; level < expected.Length; level++)
        {
            Assert.Equal(expected[level].shape, outputs[level].GetTensorTypeAndShape().Shape);
            float[] reference = expected[level].contiguous().data<float>().ToArray();
            norm = Math.Max(
                norm,
                Close.NormRelative(reference, outputs[level].GetTensorDataAsSpan<float>())
            );
            worst = Math.Max(
                worst,
                Close.WorstRelative(reference, outputs[level].GetTensorDataAsSpan<float>())
            );
        }

        return (norm, worst);
    }
}
