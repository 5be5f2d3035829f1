using System.Buffers.Binary;
using System.IO.Compression;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>The storages that a file's pickle speaks of, and where they are in the file.</summary>
internal sealed class TorchStorages
{
    private readonly Dictionary<string, TorchStorage> _storages = [];

    /// <summary>The storage that a persistent id names: ('storage', type, key, device, elements), and in legacy files a view or None.</summary>
    /// <exception cref="InvalidDataException">It is no such id, or contradicts another.</exception>
    public object Load(object? id)
    {
        if (
            id is not object?[] parts
            || parts is not ["storage", ElementType type, string key, _, long count, ..]
            || count < 0
        )
        {
            throw new InvalidDataException(
                "the pickle has a persistent id that is not ('storage', type, key, device, elements)"
            );
        }

        var storage = new TorchStorage(key, type, 0, count);
        if (!_storages.TryAdd(key, storage) && _storages[key] != storage)
        {
            throw new InvalidDataException(
                $"storage '{Printable.Of(key)}' is said to hold {count} of {type} and {_storages[key].Count} of {_storages[key].Type}"
            );
        }

        return parts.Length > 5 && parts[5] is { } view ? Part(storage, view) : storage;
    }

    /// <summary>Byte positions of the storages that follow a legacy file's pickles.</summary>
    /// <param name="stream">Stands behind the list of keys.</param>
    /// <param name="keys">The keys, in the order of the storages.</param>
    /// <exception cref="InvalidDataException">A storage is missing, unknown, of another length, or leads past the end.</exception>
    public Dictionary<string, long> Locate(FileStream stream, List<object?> keys)
    {
        var positions = new Dictionary<string, long>();
        Span<byte> length = stackalloc byte[sizeof(long)];
        long position = stream.Position;
        foreach (object? item in keys)
        {
            if (item is not string key || !_storages.TryGetValue(key, out TorchStorage? storage))
            {
                throw new InvalidDataException(
                    $"the file holds a storage that no tensor uses: '{Printable.Of($"{item as string}")}'"
                );
            }

            stream.Position = position;
            if (
                stream.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length
            )
            {
                throw PastEnd(storage, stream.Length);
            }

            long count = BinaryPrimitives.ReadInt64LittleEndian(length);
            RequireCount(storage, count);
            position += sizeof(long);
            if (!positions.TryAdd(key, position))
            {
                throw new InvalidDataException($"storage '{Printable.Of(key)}' is there twice");
            }

            if (count > (stream.Length - position) / storage.Type.Width())
            {
                throw PastEnd(storage, stream.Length);
            }

            position += count * storage.Type.Width();
        }

        RequireAll(positions.ContainsKey);
        return positions;
    }

    /// <summary>The zip entries of the storages, <c>folder/data/KEY</c>.</summary>
    /// <exception cref="InvalidDataException">A storage is missing or of another length.</exception>
    public Dictionary<string, ZipArchiveEntry> Locate(
        IReadOnlyDictionary<string, ZipArchiveEntry> entries,
        string folder
    )
    {
        RequireAll(key => entries.ContainsKey($"{folder}data/{key}"));
        var located = new Dictionary<string, ZipArchiveEntry>();
        foreach ((string key, TorchStorage storage) in _storages)
        {
            ZipArchiveEntry entry = entries[$"{folder}data/{key}"];
            (long count, long rest) = Math.DivRem(entry.Length, storage.Type.Width());
            RequireCount(storage, rest == 0 ? count : -1);
            located[key] = entry;
        }

        return located;
    }

    /// <summary>A part of a storage, (key, start, elements), as PyTorch before 0.4 wrote storages that share memory.</summary>
    private static TorchStorage Part(TorchStorage whole, object view) =>
        view is object?[] parts
        && parts is [string, long start, long count]
        && start >= 0
        && start <= whole.Count
        && count >= 0
        && count <= whole.Count - start
            ? whole with
            {
                Start = start,
                Count = count,
            }
            : throw new InvalidDataException(
                $"storage '{Printable.Of(whole.Key)}' of {whole.Count} elements has a view that does not lie in it"
            );

    private static void RequireCount(TorchStorage storage, long count)
    {
        if (count != storage.Count)
        {
            throw new InvalidDataException(
                $"storage '{Printable.Of(storage.Key)}' has {(count < 0 ? "an impossible number of" : count)} elements; the pickle says {storage.Count}"
            );
        }
    }

    private static InvalidDataException PastEnd(TorchStorage storage, long length) =>
        new(
            $"storage '{Printable.Of(storage.Key)}' of {storage.Count} elements ({storage.Type}) leads past the end of the file, {length} bytes"
        );

    private void RequireAll(Func<string, bool> isThere)
    {
        if (_storages.Keys.FirstOrDefault(key => !isThere(key)) is { } missing)
        {
            throw new InvalidDataException(
                $"storage '{Printable.Of(missing)}', which a tensor uses, is not in the file"
            );
        }
    }
}
