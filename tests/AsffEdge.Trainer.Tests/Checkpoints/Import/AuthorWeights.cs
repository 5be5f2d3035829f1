using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary>Files as other programs would have written them.</summary>
internal static class AuthorWeights
{
    /// <summary>A network's tensors under the authors' names, with the counters that PyTorch keeps beside norms.</summary>
    public static List<(string Name, long[] Shape, float[] Values)> Of(
        NetworkConfiguration network,
        NetworkState state
    )
    {
        AuthorNames names = AuthorNames.For(network);
        List<(string Name, long[] Shape, float[] Values)> tensors = [];
        foreach (StateEntry entry in state.Entries)
        {
            string name = names[entry.Name];
            tensors.Add((name, [.. entry.Shape], state.Read(entry.Name)));
            if (entry.Kind == StateKind.RunningVariance)
            {
                string module = name[..name.LastIndexOf('.')];
                tensors.Add(($"{module}.num_batches_tracked", [], [7]));
            }
        }

        return tensors;
    }

    /// <summary>Writes them as <c>.safetensors</c>, <c>.pth</c> (zip) or <c>.old.pth</c> (legacy), by the file's name.</summary>
    public static void Write(
        string path,
        IReadOnlyList<(string Name, long[] Shape, float[] Values)> tensors
    )
    {
        if (Path.GetExtension(path) == ".safetensors")
        {
            SafetensorsFile.Write(
                path,
                tensors.Select(tensor =>
                    KeyValuePair.Create(
                        $"module.{tensor.Name}",
                        new SafeTensor(tensor.Shape, tensor.Values)
                    )
                )
            );
            return;
        }

        TorchWriter.WriteState(
            path,
            legacy: path.EndsWith(".old.pth", StringComparison.Ordinal),
            "module.",
            tensors
        );
    }

    /// <summary>The backbone as Darknet writes it: shift, scale, mean, variance and weights of every convolution.</summary>
    public static void WriteDarknet(string path, NetworkState state, int minor, int rest = 0)
    {
        using BinaryWriter writer = new(File.Create(path));
        writer.Write(0);
        writer.Write(minor);
        writer.Write(0);
        if (minor >= 2)
        {
            writer.Write(32_013_312L);
        }
        else
        {
            writer.Write(32_013_312);
        }

        foreach (
            string block in state
                .Entries.Select(entry => entry.Name)
                .Where(name =>
                    name.StartsWith("backbone.", StringComparison.Ordinal)
                    && name.EndsWith(".conv.weight", StringComparison.Ordinal)
                )
                .Select(name => name[..^".conv.weight".Length])
        )
        {
            foreach (
                string part in (string[])
                    [
                        "norm.bias",
                        "norm.weight",
                        "norm.running_mean",
                        "norm.running_var",
                        "conv.weight",
                    ]
            )
            {
                foreach (float value in state.Read($"{block}.{part}"))
                {
                    writer.Write(value);
                }
            }
        }

        for (int i = 0; i < rest; i++)
        {
            writer.Write(0.5f);
        }
    }
}
