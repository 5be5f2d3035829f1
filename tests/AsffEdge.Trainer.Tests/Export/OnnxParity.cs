using AsffEdge.Trainer.Network;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Export;

/// <summary>How far ONNX Runtime on an exported file is from TorchSharp on the weights that it was made of.</summary>
internal static class OnnxParity
{
    // Kept for the life of the process, so that no collection frees them while native code reads them.
    private static readonly Scalar Half = 0.5;
    private static readonly Scalar Four = 4;

    /// <summary>The largest differences of any level: of the whole map (norms), and of one value over the largest.</summary>
    public static (double Norm, double Worst) Compare(
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
        Tensor input = (rand([batch, 3, size, size], generator: generator) - Half) * Four;
        Tensor[] expected = DetectorNetwork.ForwardMaps(
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
