using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using AsffEdge.Trainer.Tests.Export;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests;

/// <summary>What every network must go through: a step's loss and gradients, the export, and the exported file in ONNX Runtime and in the detector.</summary>
internal static class TrainedOnce
{
    private const int Size = 320;
    private const int Images = 2;
    private const double NormMomentum = 0.1;

    // An object for every level: the best anchors are (10, 13), (42, 119) and (156, 198), in both anchor sets.
    private static readonly float[] Objects =
    [
        .. (float[])[0, 101, 92, 11, 14, 1, 0, 150, 160, 43, 118, 1, 0, 170, 140, 150, 200, 0.5f],
        .. (float[])[0, 222, 33, 10, 13, 1, 0, 100, 170, 42, 119, 1, 0, 160, 180, 160, 190, 1],
    ];

    /// <summary>Fails where anything does.</summary>
    /// <param name="network">The network, narrow.</param>
    /// <param name="options">Its loss.</param>
    /// <param name="folder">Takes the exported file.</param>
    public static void Check(NetworkConfiguration network, LossOptions options, string folder)
    {
        using NetworkState state = NetworkState.Initialise(network, seed: 1);
        Step(network, options, state);
        string path = Path.Combine(folder, $"{Guid.NewGuid():N}.onnx");
        string[] labels = [.. Enumerable.Range(0, network.Classes).Select(i => $"class {i}")];
        OnnxExporter.Export(
            path,
            state,
            new CheckpointInfo(
                "once",
                "0.0.1",
                network,
                labels,
                new ThresholdManifest(0, 0.6f),
                []
            ),
            half: false
        );
        using (var threads = new SessionOptions { IntraOpNumThreads = 1 })
        using (var session = new InferenceSession(path, threads))
        {
            (double norm, double worst) = OnnxParity.Compare(
                session,
                state,
                network,
                Size,
                batch: 1
            );
            Assert.InRange(norm, 0, 1e-4);
            Assert.InRange(worst, 0, 3e-4);
        }

        using Detector detector = Detector.Open(path, new DetectorOptions());
        int predictions =
            network.Detector == DetectorKind.RetinaNet ? 9
            : network.AnchorFree ? 4
            : 3;
        Assert.All(detector.Manifest.Heads, head => Assert.Equal(predictions, head.Predictions));
        Assert.Equal(
            DetectorNetwork.Levels(network).Select(level => level.Bases),
            detector.Manifest.Heads.Select(head => head.Bases)
        );
        detector.RunTensor(new float[3 * Size * Size], Size);
    }

    private static void Step(NetworkConfiguration network, LossOptions options, NetworkState state)
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(5);
        var ops = new TorchOps(state, training: true)
        {
            DropBlockSettings = network.DropBlock
                ? DropBlockSchedule.At(epoch: 9, epochs: 10, seed: 1)
                : null,
        };
        // Channels last, as training lays its pictures out.
        Tensor pictures = randn([Images, Size, Size, 3], generator: generator).permute(0, 3, 1, 2);
        (Tensor total, LossTerms terms) = DetectorLoss
            .Create(network, options)
            .Compute(
                DetectorNetwork.Forward(ops, pictures, network),
                new TargetBatch(Objects, Images, MaxObjects: 3, Columns: 6),
                Size
            );
        Assert.True(double.IsFinite(terms.Total), terms.ToString());
        Assert.True(terms is { L1: > 0, Class: > 0 }, terms.ToString());
        bool isYolo = network.Detector == DetectorKind.Yolov3;
        Assert.Equal(isYolo, terms.Objectness > 0);
        Assert.Equal(isYolo && network.GuidedAnchoring, terms.Anchor > 0);
        Assert.Equal(isYolo && options.IouLoss, terms.Iou > 0);
        total.backward();
        foreach (StateEntry entry in state.Entries.Where(entry => entry.IsTrained))
        {
            // A parameter without gradient would be one that the loss does not reach: a switch that cut too much.
            Tensor? gradient = state[entry.Name].grad;
            Assert.True(gradient is not null, $"{entry.Name} has no gradient");
            Assert.True(float.IsFinite(gradient.norm().item<float>()), entry.Name);
        }

        TakeOverStatistics(state);
    }

    /// <summary>
    /// Makes the running statistics those of the one batch, from their average with the initial values, so that activations keep their
    /// scale at inference as they do in a trained network.
    /// </summary>
    private static void TakeOverStatistics(NetworkState state)
    {
        using IDisposable frozen = no_grad();
        foreach (StateEntry entry in state.Entries)
        {
            Tensor values = state[entry.Name];
            if (entry.Kind == StateKind.RunningMean)
            {
                values.div_(NormMomentum);
            }
            else if (entry.Kind == StateKind.RunningVariance)
            {
                values.sub_(1 - NormMomentum).div_(NormMomentum);
            }
        }
    }
}
