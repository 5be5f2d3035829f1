using System.IO.Compression;
using System.Runtime.InteropServices;

namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary>Writes files as torch.save does, in both formats.</summary>
internal static class TorchWriter
{
    private static readonly byte[] Magic =
    [
        0x80,
        2,
        0x8a,
        10,
        0x6c,
        0xfc,
        0x9c,
        0x46,
        0xf9,
        0x20,
        0x6a,
        0xa8,
        0x50,
        0x19,
        (byte)'.',
    ];

    /// <summary>A zip file around a pickle and storages by key.</summary>
    public static void WriteZip(
        string path,
        byte[] pickle,
        IEnumerable<KeyValuePair<string, byte[]>> storages,
        CompressionLevel level = CompressionLevel.NoCompression
    )
    {
        using ZipArchive archive = new(File.Create(path), ZipArchiveMode.Create);
        void Add(string name, byte[] bytes)
        {
            using Stream stream = archive.CreateEntry($"archive/{name}", level).Open();
            stream.Write(bytes);
        }

        Add("data.pkl", pickle);
        foreach ((string key, byte[] bytes) in storages)
        {
            Add($"data/{key}", bytes);
        }

        Add("version", "3\n"u8.ToArray());
    }

    /// <summary>A legacy file around a pickle and storages: key, elements, bytes.</summary>
    public static void WriteLegacy(
        string path,
        byte[] pickle,
        params IEnumerable<(string Key, long Count, byte[] Bytes)> storages
    )
    {
        using FileStream stream = File.Create(path);
        stream.Write(Magic);
        stream.Write(new PickleWriter().Integer(1001).ToArray());
        stream.Write(new PickleWriter().Op('}').Text("little_endian").Raw(0x88).Op('s').ToArray());
        stream.Write(pickle);
        PickleWriter keys = new PickleWriter().Ops("](");
        (string Key, long Count, byte[] Bytes)[] all = [.. storages];
        foreach ((string key, _, _) in all)
        {
            keys.Text(key);
        }

        stream.Write(keys.Op('e').ToArray());
        foreach ((_, long count, byte[] bytes) in all)
        {
            stream.Write(BitConverter.GetBytes(count));
            stream.Write(bytes);
        }
    }

    /// <summary>A state dictionary of float tensors, each with a storage of its own, whose attributes hold versions as PyTorch's do.</summary>
    public static void WriteState(
        string path,
        bool legacy,
        string prefix,
        IReadOnlyList<(string Name, long[] Shape, float[] Values)> tensors
    )
    {
        PickleWriter pickle = new PickleWriter().OrderedDictionary().Op('(');
        for (int i = 0; i < tensors.Count; i++)
        {
            (string name, long[] shape, float[] values) = tensors[i];
            long[] strides = new long[shape.Length];
            long stride = 1;
            for (int dimension = shape.Length - 1; dimension >= 0; dimension--)
            {
                strides[dimension] = stride;
                stride *= shape[dimension];
            }

            string key = $"{i}";
            pickle
                .Text($"{prefix}{name}")
                .Tensor(
                    writer => writer.Storage("FloatStorage", key, values.Length, legacy),
                    0,
                    shape,
                    strides
                );
        }

        byte[] bytes = pickle
            .Op('u')
            .Op('}')
            .Text("_metadata")
            .OrderedDictionary()
            .Ops("sb")
            .ToArray();
        byte[] Raw(int index) => MemoryMarshal.AsBytes(tensors[index].Values.AsSpan()).ToArray();
        if (legacy)
        {
            WriteLegacy(
                path,
                bytes,
                Enumerable
                    .Range(0, tensors.Count)
                    .Select(i => ($"{i}", (long)tensors[i].Values.Length, Raw(i)))
            );
        }
        else
        {
            WriteZip(
                path,
                bytes,
                Enumerable.Range(0, tensors.Count).Select(i => KeyValuePair.Create($"{i}", Raw(i)))
            );
        }
    }
}
