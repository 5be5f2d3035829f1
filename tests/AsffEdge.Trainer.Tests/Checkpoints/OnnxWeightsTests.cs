using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using AsffEdge.Trainer.Tests.Export;
using AsffEdge.Trainer.Tests.Network;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Checkpoints;

/// <summary>An exported file gives back a network with its outputs, from which a training can begin.</summary>
public sealed class OnnxWeightsTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private static readonly string Demo = Path.Combine(
        Repository.Root,
        "models",
        "pedestrian.onnx"
    );

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("asff")]
    [InlineData("asff_star")]
    [InlineData("baseline")]
    [InlineData("mobilenetv2_asff")]
    [Trait("Category", "Slow")]
    public void Every_kind_of_network_comes_back(string variant)
    {
        GoldenNetwork golden = GoldenNetwork.OpenShipped(variant);
        string path = At($"{variant}.onnx");
        using (NetworkState state = golden.CreateState())
        {
            OnnxExporter.Export(
                path,
                state,
                GoldenOutputTests.Describe(golden.Configuration),
                half: false
            );
        }

        (NetworkState restored, int taken) = StartingWeights.Load(path, golden.Configuration, 1);
        using (restored)
        {
            Assert.Equal(restored.Entries.Count, taken);
            AssertParity(path, restored, golden.Configuration);
        }
    }

    [Fact]
    public void The_demo_model_comes_back_and_its_norms_are_measured_without_changing_its_outputs()
    {
        NetworkConfiguration network = DemoNetwork();
        (NetworkState state, int taken) = StartingWeights.Load(Demo, network, seed: 1);
        using (state)
        using (Tensor pictures = Pictures())
        {
            Assert.Equal(state.Entries.Count, taken);
            AssertParity(Demo, state, network);
            float[] inference = Forward(state, network, pictures, training: false);
            // A norm that changes nothing is not one that a training can go on from: with a batch's own statistics the outputs are others.
            double before = Close.NormRelative(
                inference,
                Forward(state, network, pictures, training: true)
            );

            var statistics = new NormStatistics(state, network);
            statistics.Add(pictures);
            statistics.Apply();

            AssertParity(Demo, state, network);
            double after = Close.NormRelative(
                inference,
                Forward(state, network, pictures, training: true)
            );
            Assert.True(before > 0.3, $"{before}");
            Assert.True(after < 1e-3, $"{after}");
        }
    }

    [Fact]
    public void Half_precision_comes_back_as_near_as_it_is()
    {
        using NetworkState state = TinyNetwork.Eager();
        string path = At("half.onnx");
        OnnxExporter.Export(path, state, TinyNetwork.Describe(), half: true);

        (NetworkState restored, int taken) = StartingWeights.Load(
            path,
            TinyNetwork.Configuration,
            1
        );

        using (restored)
        {
            Assert.Equal(restored.Entries.Count, taken);
            Assert.InRange(
                Close.NormRelative(
                    state.Read("backbone.stem.conv.weight"),
                    Scaled(restored, state)
                ),
                1e-6,
                1e-3
            );
        }
    }

    [Fact]
    public void Predictions_of_other_classes_start_fresh()
    {
        NetworkConfiguration three = DemoNetwork() with { Classes = 3 };

        (NetworkState state, int taken) = StartingWeights.Load(Demo, three, seed: 1);

        using (state)
        {
            string[] fresh = ["prediction.weight", "prediction.bias"];
            Assert.Equal(state.Entries.Count(entry => !fresh.Any(entry.Name.EndsWith)), taken);
        }
    }

    [Fact]
    public void Other_base_shapes_and_other_files_are_refused()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            StartingWeights.Load(Demo, Variants.Create("mobilenetv2_asff", 1), 1)
        );
        Assert.Contains("model.anchors", error.Message, StringComparison.Ordinal);

        string path = _folder.Write("text.onnx", "no model");
        error = Assert.Throws<InvalidDataException>(() =>
            StartingWeights.Load(path, DemoNetwork(), 1)
        );
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("asff-train export", error.Message, StringComparison.Ordinal);

        byte[] bytes = File.ReadAllBytes(Demo);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        error = Assert.Throws<InvalidDataException>(() =>
            StartingWeights.Load(path, DemoNetwork(), 1)
        );
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
    }

    private static NetworkConfiguration DemoNetwork() =>
        TrainingConfiguration
            .Read(Path.Combine(Repository.Root, "config", "training", "pedestrian.yaml"))
            .Model.CreateNetwork(1);

    private static Tensor Pictures()
    {
        using var generator = new Generator(3);
        return randn([4, 3, 320, 320], generator: generator);
    }

    private static float[] Forward(
        NetworkState source,
        NetworkConfiguration network,
        Tensor pictures,
        bool training
    )
    {
        // Of a copy: a training's forward pass changes the running statistics.
        using NetworkState state = NetworkState.Create(network, entry => source[entry.Name]);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        return
        [
            .. DetectorNetwork
                .ForwardMaps(new TorchOps(state, training), pictures, network)
                .SelectMany(map => map.contiguous().data<float>().ToArray()),
        ];
    }

    // The folded weights divided by what they were multiplied with.
    private static float[] Scaled(NetworkState restored, NetworkState original)
    {
        const string block = "backbone.stem";
        float[] weights = restored.Read($"{block}.conv.weight");
        float[] scale = original.Read($"{block}.norm.weight");
        float[] variance = original.Read($"{block}.norm.running_var");
        int perChannel = weights.Length / scale.Length;
        return
        [
            .. weights.Select(
                (weight, index) =>
                    (float)(
                        weight
                        * Math.Sqrt(variance[index / perChannel] + TorchOps.NormEpsilon)
                        / scale[index / perChannel]
                    )
            ),
        ];
    }

    private static void AssertParity(string path, NetworkState state, NetworkConfiguration network)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(path, options);
        (double norm, _) = OnnxParity.Compare(session, state, network, 320, batch: 1);
        Assert.InRange(norm, 0, Tolerance);
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
