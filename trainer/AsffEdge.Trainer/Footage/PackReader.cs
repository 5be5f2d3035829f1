using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Footage;

/// <summary>Reads a pack in one pass, and refuses what docs/footage.md does not allow. Hashes of the files are the caller's to check (<see cref="PackEntry.Problem"/>).</summary>
internal sealed class PackReader : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly TarReader _tar;
    private readonly long _listed;
    private long _read;

    /// <summary>Opens a pack and reads its <c>pack.json</c>.</summary>
    /// <exception cref="InvalidDatasetException">It is no pack, or damaged.</exception>
    public PackReader(string path)
    {
        _path = path;
        try
        {
            _file = new FileStream(
                path,
                new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 1 << 16 }
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDatasetException(
                $"{path}: cannot be read ({error.Message}); expected a footage pack",
                error
            );
        }

        _tar = new TarReader(_file);
        try
        {
            byte[] text = ReadAll(Next(PackNames.Manifest), PackNames.LargestManifest);
            Manifest = Parse(text, PackNames.Manifest, FootageJson.Default.PackManifest);
            Identity = Convert.ToHexStringLower(SHA256.HashData(text));
            CheckManifest();
            _listed = Manifest.Files.Sum(file => file.Size);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the pack lists.</summary>
    public PackManifest Manifest { get; }

    /// <summary>SHA-256 of <c>pack.json</c>: the same for the same pack, whatever its file is called.</summary>
    public string Identity { get; }

    /// <summary>The share of the listed bytes that has been read, 0..1, for progress; a pipe does not tell how long it is.</summary>
    public double Share => _listed == 0 ? 1 : (double)_read / _listed;

    /// <summary>The files in order, then checks that the pack is complete and ends there.</summary>
    /// <exception cref="InvalidDatasetException">An entry is not the one that is listed, or the pack is cut.</exception>
    public IEnumerable<PackEntry> Files()
    {
        foreach (PackFile listed in Manifest.Files)
        {
            TarEntry entry = Next(listed.Name);
            if (entry.Length != listed.Size)
            {
                throw Fault(
                    listed.Name,
                    $"has {entry.Length} bytes; {PackNames.Manifest} says {listed.Size}"
                );
            }

            yield return new PackEntry(listed, ReadAll(entry, int.MaxValue));
            _read += listed.Size;
        }

        PackEnd end = Parse(
            ReadAll(Next(PackNames.End), PackNames.LargestEnd),
            PackNames.End,
            FootageJson.Default.PackEnd
        );
        var expected = new PackEnd(
            PackManifest.CurrentFormat,
            Manifest.Files.Count,
            _listed,
            Identity
        );
        if (end != expected)
        {
            throw Fault(PackNames.End, $"says {end}; the pack is {expected}");
        }

        if (Guarded(PackNames.End, () => _tar.GetNextEntry()) is { } more)
        {
            throw Fault(more.Name, $"comes after {PackNames.End}, which must be the last entry");
        }
    }

    /// <summary>A file's content as JSON.</summary>
    /// <exception cref="InvalidDatasetException">It is none.</exception>
    public T Parse<T>(ReadOnlySpan<byte> text, string name, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(text, type)
                ?? throw Fault(name, "holds 'null'; expected a JSON object");
        }
        catch (JsonException error)
        {
            throw Fault($"{name}:{error.LineNumber + 1}", error.Message);
        }
    }

    /// <summary>The error that the pack is refused with.</summary>
    /// <param name="name">The entry.</param>
    /// <param name="reason">What is wrong with it.</param>
    public InvalidDatasetException Fault(string name, string reason) =>
        new($"{_path}: {name}: {reason}");

    /// <inheritdoc/>
    public void Dispose()
    {
        _tar?.Dispose();
        _file.Dispose();
    }

    private void CheckManifest()
    {
        Require(
            Manifest.Format == PackManifest.CurrentFormat,
            $"format is {Manifest.Format}; this version reads {PackManifest.CurrentFormat}"
        );
        Require(
            PackNames.Identifier().IsMatch(Manifest.Agent),
            $"agent is '{Manifest.Agent}'; allowed: [a-z0-9-]{{1,48}}"
        );
        Require(Manifest.Files.Count > 0, "files is empty; allowed: at least one");
        Require(
            Manifest
                is {
                    Created.Kind: DateTimeKind.Utc,
                    From.Kind: DateTimeKind.Utc,
                    To.Kind: DateTimeKind.Utc
                },
            "created, from and to must be UTC, ending in Z"
        );
        var names = new HashSet<string>();
        foreach (PackFile? file in Manifest.Files)
        {
            Require(file is not null, "files holds null");
            int? limit = PackNames.LimitOf(file!.Name);
            Require(
                limit is not null,
                $"files names '{file.Name}'; allowed: camera/yyyy-mm-dd/coco.json and camera/yyyy-mm-dd/HHmmss.fff.jpg"
            );
            Require(
                file.Size > 0 && file.Size <= limit,
                $"size of '{file.Name}' is {file.Size}; allowed: 1 to {limit}"
            );
            Require(
                PackNames.Sha256().IsMatch(file.Sha256),
                $"sha256 of '{file.Name}' is '{file.Sha256}'; allowed: 64 lower-case hex digits"
            );
            Require(names.Add(file.Name), $"files names '{file.Name}' twice");
            Require(
                names.Contains($"{PackNames.FolderOf(file.Name)}/{PackNames.Document}"),
                $"'{file.Name}' stands before the {PackNames.Document} of its folder, or there is none"
            );
        }

        void Require(bool holds, string problem)
        {
            if (!holds)
            {
                throw Fault(PackNames.Manifest, problem);
            }
        }
    }

    private TarEntry Next(string expected)
    {
        TarEntry entry =
            Guarded(expected, () => _tar.GetNextEntry())
            ?? throw Fault(expected, "is missing: the pack is not complete");
        if (entry.EntryType != TarEntryType.RegularFile || entry.Format != TarEntryFormat.Ustar)
        {
            throw Fault(
                entry.Name,
                $"is an entry of type {entry.EntryType} in {entry.Format} format; allowed: regular files in ustar format"
            );
        }

        return entry.Name == expected
            ? entry
            : throw Fault(entry.Name, $"stands where '{expected}' must be");
    }

    private byte[] ReadAll(TarEntry entry, int limit)
    {
        if (entry.Length > limit)
        {
            throw Fault(entry.Name, $"has {entry.Length} bytes; allowed: up to {limit}");
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)entry.Length);
        Guarded(
            entry.Name,
            () =>
            {
                entry.DataStream?.ReadExactly(bytes);
                return true;
            }
        );
        return entry.DataStream is null && bytes.Length > 0
            ? throw Fault(entry.Name, "has no content")
            : bytes;
    }

    // What the tar reader throws at damaged files, at the entry or where it should be.
    private T Guarded<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
            when (error
                    is InvalidDataException
                        or EndOfStreamException
                        or IOException
                        or FormatException
                        or ArgumentException
                        or OverflowException
                        or NotSupportedException
            )
        {
            string place = _file.CanSeek ? $" at byte {_file.Position}" : "";
            throw new InvalidDatasetException(
                $"{_path}: {name}: the tar is damaged or cut{place} ({error.Message})",
                error
            );
        }
    }
}
