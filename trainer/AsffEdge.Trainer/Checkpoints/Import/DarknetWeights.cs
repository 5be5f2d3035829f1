using System.Buffers.Binary;
using AsffEdge.Detection;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>
/// Darknet's <c>.weights</c> of YOLOv3 or of its backbone alone (<c>darknet53.conv.74</c>). The file is a header (major, minor and
/// revision as int32; the images seen, int64 since 0.2, int32 before) and then floats without any names or shapes: for every
/// convolution the batch norm's shift, scale, mean and variance, then the weights [out, in, k, k]. The backbone comes first; what
/// follows it fits no layer of this network.
/// </summary>
internal static class DarknetWeights
{
    private const int HeaderInts = 3;

    /// <summary>True for the first bytes of such a file.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> start) =>
        start.Length >= HeaderInts * sizeof(int)
        && BinaryPrimitives.ReadInt32LittleEndian(start) == 0
        && BinaryPrimitives.ReadInt32LittleEndian(start[4..]) is >= 1 and < 10
        && BinaryPrimitives.ReadInt32LittleEndian(start[8..]) is >= 0 and < 100;

    /// <summary>The backbone's tensors, under this project's names, and how many floats of the file follow them.</summary>
    /// <exception cref="InvalidDataException">The network has another backbone, or the file ends inside of the backbone.</exception>
    public static (IReadOnlyList<ImportedTensor> Tensors, long Unused) Read(
        FileStream stream,
        NetworkConfiguration network
    )
    {
        if (network.Backbone != BackboneKind.Darknet53)
        {
            throw new InvalidDataException(
                $"Darknet's weights are for its backbone, Darknet-53, which {network.Variant} does not have"
            );
        }

        Span<byte> header = stackalloc byte[HeaderInts * sizeof(int)];
        stream.ReadExactly(header);
        bool wide = BinaryPrimitives.ReadInt32LittleEndian(header[4..]) >= 2;
        long first = header.Length + (wide ? sizeof(long) : sizeof(int));
        long floats = (stream.Length - first) / sizeof(float);

        var entries = SummaryOps
            .Of(network)
            .State.Where(entry => entry.Name.StartsWith("backbone.", StringComparison.Ordinal))
            .ToDictionary(entry => entry.Name);
        var tensors = new List<ImportedTensor>();
        long at = 0;
        foreach (
            StateEntry weight in entries.Values.Where(entry =>
                entry.Kind == StateKind.ConvolutionWeight
            )
        )
        {
            string block = weight.Name[..^".conv.weight".Length];
            string norm = $"{block}.norm";
            foreach (
                string name in (string[])
                    [
                        $"{norm}.bias",
                        $"{norm}.weight",
                        $"{norm}.running_mean",
                        $"{norm}.running_var",
                        weight.Name,
                    ]
            )
            {
                StateEntry entry = entries[name];
                if (entry.Count > floats - at)
                {
                    throw new InvalidDataException(
                        $"ends after {floats} numbers, inside of '{name}'; Darknet-53 at this width has {entries.Values.Sum(each => each.Count)}"
                    );
                }

                tensors.Add(Tensor(stream.Name, entry, first + (at * sizeof(float))));
                at += entry.Count;
            }
        }

        // Only at the published width does a whole YOLOv3 begin with this backbone; otherwise its weights would be cut at the wrong places.
        if (network.BackboneWidth != 1 && at != floats)
        {
            throw new InvalidDataException(
                $"holds {floats} numbers; allowed with a backbone of width {network.BackboneWidth}: {at}, exactly its backbone"
            );
        }

        return (AdaptToInput(tensors), floats - at);
    }

    private static ImportedTensor Tensor(string path, StateEntry entry, long position) =>
        new(
            entry.Name,
            entry.Shape,
            () =>
            {
                byte[] raw = new byte[entry.Count * sizeof(float)];
                using (FileStream stream = File.OpenRead(path))
                {
                    stream.Position = position;
                    stream.ReadExactly(raw);
                }

                float[] values = new float[entry.Count];
                ElementType.Float32.ToSingle(raw, values);
                // The format has nothing else that would tell another network's file.
                return entry.Kind != StateKind.RunningVariance || values.All(value => value >= 0)
                    ? values
                    : throw new InvalidDataException(
                        $"'{entry.Name}' has variances below 0, so the file is of another network than YOLOv3 or Darknet-53"
                    );
            }
        );

    /// <summary>
    /// Darknet sees colours x from 0 to 1, this network z = (x − mean)/std. The first convolution gives the same for z with its weights
    /// times std, but for what the mean adds, which the batch norm's running mean then must not subtract. (Its padding is the mean colour
    /// instead of black, so that the outermost pixels differ.)
    /// </summary>
    private static List<ImportedTensor> AdaptToInput(List<ImportedTensor> tensors)
    {
        InputManifest input = NetworkInput.Manifest;
        int mean = tensors.FindIndex(tensor => tensor.Name == "backbone.stem.norm.running_mean");
        int weight = tensors.FindIndex(tensor => tensor.Name == "backbone.stem.conv.weight");
        Func<float[]> readMean = tensors[mean].Read;
        Func<float[]> readWeight = tensors[weight].Read;
        int area = (int)(tensors[weight].Shape[2] * tensors[weight].Shape[3]);
        int Channel(int index) => index / area % input.Mean.Count;
        tensors[weight] = tensors[weight] with
        {
            Read = () => [.. readWeight().Select((value, i) => value * input.Std[Channel(i)])],
        };
        tensors[mean] = tensors[mean] with
        {
            Read = () =>
            {
                float[] values = readMean();
                float[] weights = readWeight();
                for (int i = 0; i < weights.Length; i++)
                {
                    values[i / (area * input.Mean.Count)] -= weights[i] * input.Mean[Channel(i)];
                }

                return values;
            },
        };
        return tensors;
    }
}
