using System.IO.Compression;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>The tensors of another program's file, by name. Values are read when asked for, so the file must stay where it is.</summary>
internal sealed class ImportedWeights : IDisposable
{
    private readonly IDisposable? _archive;

    private ImportedWeights(string path, string format, IDisposable? archive = null)
    {
        Path = path;
        Format = format;
        _archive = archive;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its format, for people.</summary>
    public string Format { get; }

    /// <summary>Its tensors, in the order of the file.</summary>
    public IReadOnlyList<ImportedTensor> Tensors { get; private init; } = [];

    /// <summary>What a person should know about the file besides its tensors.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>True when the names are this project's and the backbone's, as Darknet's format has none.</summary>
    public bool IsBackbone { get; private init; }

    /// <summary>Opens a file of PyTorch's (both formats), safetensors or Darknet's, whatever it is called.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network that the weights are for.</param>
    /// <param name="key">Which dictionary of tensors to take from a file of PyTorch's; null: the largest.</param>
    /// <exception cref="InvalidDataException">The file is damaged, hostile, or none of these; the message names it, what is wrong, and what is allowed.</exception>
    public static ImportedWeights Open(
        string path,
        NetworkConfiguration network,
        string? key = null
    )
    {
        FileStream stream = File.OpenRead(path);
        bool keep = false;
        try
        {
            return Guard(
                path,
                () =>
                {
                    ImportedWeights weights = Open(stream, network, key);
                    keep = weights._archive is not null;
                    return weights;
                }
            );
        }
        finally
        {
            if (!keep)
            {
                stream.Dispose();
            }
        }
    }

    /// <summary>The values of a tensor.</summary>
    /// <exception cref="InvalidDataException">They cannot be read; the message names the file.</exception>
    public float[] Read(ImportedTensor tensor) => Guard(Path, tensor.Read);

    /// <inheritdoc/>
    public void Dispose() => _archive?.Dispose();

    private static ImportedWeights Open(
        FileStream stream,
        NetworkConfiguration network,
        string? key
    )
    {
        byte[] start = new byte[16];
        ReadOnlySpan<byte> read = start.AsSpan(0, stream.ReadAtLeast(start, start.Length, false));
        stream.Position = 0;
        string path = stream.Name;
        if (read.StartsWith("PK"u8))
        {
            var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            return FromTorch(path, "PyTorch", TorchFile.ReadZip(archive), key, archive);
        }

        if (read is [(byte)PickleOpcode.Protocol, ..])
        {
            return FromTorch(
                path,
                "PyTorch, before 1.6",
                TorchFile.ReadLegacy(stream),
                key,
                archive: null
            );
        }

        if (key is not null)
        {
            throw new InvalidDataException(
                $"not written by torch.save, so that there is no dictionary '{key}' to choose"
            );
        }

        if (read is [_, _, _, _, _, _, _, _, (byte)'{', ..])
        {
            SafetensorsFile file = SafetensorsFile.Read(path);
            return new ImportedWeights(path, "safetensors")
            {
                Tensors =
                [
                    .. file.Names.Select(name => new ImportedTensor(
                        StateDictionary.WithoutPrefix(name),
                        file[name].Shape,
                        () => file[name].Values
                    )),
                ],
            };
        }

        if (DarknetWeights.IsHeader(read))
        {
            (IReadOnlyList<ImportedTensor> tensors, long unused) = DarknetWeights.Read(
                stream,
                network
            );
            return new ImportedWeights(path, "Darknet")
            {
                IsBackbone = true,
                Tensors = tensors,
                Notes =
                    unused == 0
                        ? []
                        :
                        [
                            $"{unused} numbers after the backbone are of layers that this network does not have: unused",
                        ],
            };
        }

        throw new InvalidDataException(
            "no file of weights; allowed: what torch.save wrote (.pth, .pt), safetensors, and Darknet's .weights"
        );
    }

    private static ImportedWeights FromTorch(
        string path,
        string format,
        TorchFile file,
        string? key,
        IDisposable? archive
    )
    {
        (StateDictionary state, IReadOnlyList<string> others) = StateDictionary.Find(
            file.Root,
            key
        );
        return new ImportedWeights(path, format, archive)
        {
            Tensors =
            [
                .. state.Tensors.Select(pair => new ImportedTensor(
                    pair.Key,
                    pair.Value.Shape,
                    () => pair.Value.Read(file.Open)
                )),
            ],
            Notes =
            [
                .. state.Key.Length > 0
                    ? [$"taken from the key '{Printable.Of(state.Key)}'"]
                    : (string[])[],
                .. others
                    .Take(5)
                    .Select(other =>
                        $"as many tensors are at '{Printable.Of(other)}': --key takes them instead"
                    ),
            ],
        };
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
            when (error.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw;
        }
        catch (Exception error)
            when (error is InvalidDataException or IOException or OverflowException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}
