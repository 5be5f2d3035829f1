using System.Reflection;
using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Export.Onnx;
using AsffEdge.Trainer.Network;
using Google.Protobuf;

namespace AsffEdge.Trainer.Export;

/// <summary>Writes a network as an ONNX file whose graph ends at the raw head maps and serves every input size and batch.</summary>
public static class OnnxExporter
{
    private const string InputName = "images";

    // Deformable convolution came with opset 19. Models without it keep to 17, which older runtimes and checkers read.
    private const int PlainOpset = 17;
    private const int PlainIrVersion = 8;
    private const int DeformableOpset = 19;
    private const int DeformableIrVersion = 9;

    /// <summary>Exports a state.</summary>
    /// <param name="path">The file; written beside itself and renamed, so that no reader sees half of it.</param>
    /// <param name="state">The weights.</param>
    /// <param name="info">What the manifest says.</param>
    /// <param name="half">Half precision inside; input and outputs stay float32.</param>
    public static void Export(string path, NetworkState state, CheckpointInfo info, bool half)
    {
        var graph = new OnnxGraphBuilder(info.Name);
        var ops = new OnnxOps(graph, state.Read, half);
        NetworkConfiguration network = info.Network;
        OnnxMap[] maps = DetectorNetwork.ForwardMaps(ops, ops.Input(InputName), network);
        for (int level = 0; level < maps.Length; level++)
        {
            ops.Output(maps[level], OutputName(level));
        }

        ModelProto model = graph.Build(
            network.FeatureAdaption ? DeformableIrVersion : PlainIrVersion,
            network.FeatureAdaption ? DeformableOpset : PlainOpset,
            typeof(OnnxExporter)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
                .InformationalVersion.Split('+')[0],
            ModelManifest.MetadataKey,
            CreateManifest(info).ToJson()
        );
        using MemoryStream bytes = new(model.ToByteArray());
        AtomicFile.Write(
            path,
            file => ModelSeal.Write(bytes, file, new Dictionary<string, string>())
        );
    }

    /// <summary>The manifest of a model.</summary>
    internal static ModelManifest CreateManifest(CheckpointInfo info) =>
        new()
        {
            Name = info.Name,
            Version = info.Version,
            Decoder = info.Network.Detector.ToString().ToLowerInvariant(),
            Labels = info.Labels,
            Heads =
            [
                .. DetectorNetwork
                    .Levels(info.Network)
                    .Select(
                        (level, index) =>
                            new HeadManifest(
                                OutputName(index),
                                level.Stride,
                                level.Bases.Count,
                                level.Bases
                            )
                    ),
            ],
            Input = new InputManifest
            {
                Name = InputName,
                Mean = [0.485f, 0.456f, 0.406f],
                Std = [0.229f, 0.224f, 0.225f],
            },
            Thresholds = info.Thresholds,
            Training = (System.Text.Json.Nodes.JsonObject)info.Training.DeepClone(),
        };

    private static string OutputName(int level) => $"level{level}";
}
