using System.Globalization;
using System.IO.Compression;
using System.Numerics;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>A file written by <c>torch.save</c>: what its pickle holds, with the storages still in the file.</summary>
/// <param name="Root">What was saved, as <see cref="PickleReader"/> gives it.</param>
/// <param name="Open">Opens a storage at a byte offset.</param>
internal sealed record TorchFile(object? Root, Func<TorchStorage, long, Stream> Open)
{
    private const long ProtocolVersion = 1001;

    /// <summary>The number that the legacy format starts with.</summary>
    private static readonly BigInteger MagicNumber = BigInteger.Parse(
        "1950A86A20F9469CFC6C",
        NumberStyles.HexNumber
    );

    /// <summary>
    /// Reads the format before PyTorch 1.6: pickles of a magic number, a version, the system, what was saved and the storages' keys,
    /// then the storages, each as its length in elements (int64) and its elements.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is damaged, or its pickle asks for something that is not allowed.</exception>
    public static TorchFile ReadLegacy(FileStream stream)
    {
        var storages = new TorchStorages();
        object? Next() => new PickleReader(stream, TorchNames.Resolve, storages.Load).Read();
        if (Next() is not BigInteger magic || magic != MagicNumber)
        {
            throw new InvalidDataException("a pickle, but not one that torch.save wrote");
        }

        if (Next() is not ProtocolVersion)
        {
            throw new InvalidDataException($"not version {ProtocolVersion} of PyTorch's format");
        }

        if (
            Next() is PickleDictionary system
            && system.Entries.Any(entry => entry is { Key: "little_endian", Value: false })
        )
        {
            throw new InvalidDataException("big-endian; allowed: little-endian");
        }

        object? root = Next();
        if (Next() is not List<object?> keys)
        {
            throw new InvalidDataException("the storages' keys are no list");
        }

        Dictionary<string, long> offsets = storages.Locate(stream, keys);
        string path = stream.Name;
        return new TorchFile(
            root,
            (storage, at) =>
            {
                FileStream opened = File.OpenRead(path);
                opened.Position = offsets[storage.Key] + at;
                return opened;
            }
        );
    }

    /// <summary>
    /// Reads the format since PyTorch 1.6: a zip file with one folder that holds <c>data.pkl</c> and the storages, <c>data/KEY</c>,
    /// not compressed.
    /// </summary>
    /// <param name="archive">The zip file, which must stay open as long as storages are read.</param>
    /// <exception cref="InvalidDataException">The file is damaged, compressed, or its pickle asks for something that is not allowed.</exception>
    public static TorchFile ReadZip(ZipArchive archive)
    {
        var entries = new Dictionary<string, ZipArchiveEntry>();
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            string name = Printable.Of(entry.FullName);
            // Nothing that is read may become more than it is in the file.
            if (entry.CompressedLength != entry.Length || entry.IsEncrypted)
            {
                throw new InvalidDataException(
                    $"'{name}' is compressed or encrypted, {entry.CompressedLength} bytes that claim to become {entry.Length}; "
                        + "allowed: stored entries, which is what torch.save writes"
                );
            }

            if (!entries.TryAdd(entry.FullName, entry))
            {
                throw new InvalidDataException($"'{name}' is there twice");
            }
        }

        const string Pickle = "data.pkl";
        string[] pickles =
        [
            .. entries.Keys.Where(name => name.EndsWith($"/{Pickle}", StringComparison.Ordinal)),
        ];
        if (pickles is not [var pickle])
        {
            throw new InvalidDataException(
                $"a zip file with {pickles.Length} entries '…/{Pickle}'; torch.save writes one"
            );
        }

        string folder = pickle[..^Pickle.Length];
        if (entries.TryGetValue($"{folder}byteorder", out ZipArchiveEntry? order))
        {
            using var reader = new StreamReader(order.Open());
            Span<char> first = stackalloc char[3];
            if (reader.ReadBlock(first) == 3 && first is "big")
            {
                throw new InvalidDataException("big-endian; allowed: little-endian");
            }
        }

        var storages = new TorchStorages();
        using var stream = new BufferedStream(entries[pickle].Open());
        object? root = new PickleReader(stream, TorchNames.Resolve, storages.Load).Read();
        Dictionary<string, ZipArchiveEntry> located = storages.Locate(entries, folder);
        return new TorchFile(root, (storage, at) => OpenAt(located[storage.Key], at));
    }

    private static Stream OpenAt(ZipArchiveEntry entry, long at)
    {
        Stream stream = entry.Open();
        if (stream.CanSeek)
        {
            stream.Position = at;
            return stream;
        }

        Span<byte> skipped = stackalloc byte[4096];
        while (at > 0)
        {
            Span<byte> part = skipped[..(int)Math.Min(at, skipped.Length)];
            stream.ReadExactly(part);
            at -= part.Length;
        }

        return stream;
    }
}
