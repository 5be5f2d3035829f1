using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace AsffEdge.Agent.Footage;

/// <summary>What goes into a pack: its <c>pack.json</c>, and where each file's bytes are.</summary>
internal sealed class PackPlan
{
    /// <summary>Most bytes of <c>pack.json</c>.</summary>
    public const int MostManifestBytes = 64 << 20;

    private const int MostCocoBytes = 256 << 20;
    private const int TarBlock = 512;

    private readonly Dictionary<string, IReadOnlyList<StoredFrame>> _days;
    private readonly Dictionary<string, StoredFrame> _pictures;

    private PackPlan(
        PackManifest manifest,
        byte[] json,
        Dictionary<string, IReadOnlyList<StoredFrame>> days
    )
    {
        Manifest = manifest;
        Json = json;
        Identity = Hash(json);
        End = JsonSerializer.SerializeToUtf8Bytes(
            new PackEnd(PackManifest.CurrentFormat, manifest.Files.Count, Bytes, Identity),
            FootageJson.Readable.PackEnd
        );
        _days = days;
        _pictures = days
            .Values.SelectMany(frames => frames)
            .ToDictionary(frame => frame.Name, StringComparer.Ordinal);
    }

    /// <summary>What it holds.</summary>
    public PackManifest Manifest { get; }

    /// <summary>The bytes of <c>pack.json</c>.</summary>
    public byte[] Json { get; }

    /// <summary>The bytes of <c>end.json</c>.</summary>
    public byte[] End { get; }

    /// <summary>The hash of <see cref="Json"/>, by which a pack is known.</summary>
    public string Identity { get; }

    /// <summary>The usual name of its file, without <c>.tar</c>.</summary>
    public string Name => $"{Manifest.Agent}_{Text(Manifest.From)}_{Text(Manifest.To)}";

    /// <summary>The pictures that are on the device.</summary>
    public IReadOnlyCollection<StoredFrame> Pictures => _pictures.Values;

    /// <summary>The bytes of all files.</summary>
    public long Bytes => Manifest.Files.Sum(file => file.Size);

    /// <summary>The bytes of the tar: each file with its header, in whole blocks, and two blocks of zeros.</summary>
    public long TarBytes =>
        Manifest
            .Files.Select(file => file.Size)
            .Append(Json.Length)
            .Append(End.Length)
            .Sum(size => TarBlock + ((size + TarBlock - 1) / TarBlock * TarBlock)) + (2 * TarBlock);

    /// <summary>Whether all that it holds is still there; else it cannot be read.</summary>
    public bool IsWhole => Manifest.Files.All(IsThere);

    /// <summary>Chooses and hashes files.</summary>
    /// <param name="agent">The agent's id.</param>
    /// <param name="version">The program's version.</param>
    /// <param name="created">Now, UTC.</param>
    /// <param name="days">The frames, by camera and date; each item is of one day, in order of time.</param>
    /// <param name="progress">Told the bytes that are hashed.</param>
    /// <param name="ct">Ends it early.</param>
    /// <returns>Null where there is no frame.</returns>
    /// <exception cref="FileNotFoundException">A picture was removed meanwhile.</exception>
    /// <exception cref="InvalidDataException">It would be more than a pack may hold.</exception>
    public static PackPlan? Make(
        string agent,
        string version,
        DateTime created,
        IEnumerable<IReadOnlyList<StoredFrame>> days,
        Action<long> progress,
        CancellationToken ct
    )
    {
        created = new DateTime(
            created.Ticks - (created.Ticks % TimeSpan.TicksPerSecond),
            DateTimeKind.Utc
        );
        Dictionary<string, IReadOnlyList<StoredFrame>> chosen = new(StringComparer.Ordinal);
        List<PackedFile> files = [];
        foreach (IReadOnlyList<StoredFrame> frames in days.Where(frames => frames.Count > 0))
        {
            FootageDay day = frames[0].Day;
            chosen[CocoName(day)] = frames;
            byte[] coco = CocoFile.Compose(agent, created, frames);
            Require(
                coco.Length <= MostCocoBytes,
                $"{CocoName(day)} would have {coco.Length} bytes"
            );
            files.Add(new PackedFile(CocoName(day), coco.Length, Hash(coco)));
            foreach (StoredFrame frame in frames)
            {
                ct.ThrowIfCancellationRequested();
                using FileStream file = File.OpenRead(frame.Path);
                files.Add(new PackedFile(frame.Name, file.Length, Hash(file)));
                progress(file.Length);
            }
        }

        if (chosen.Count == 0)
        {
            return null;
        }

        IEnumerable<DateTime> times = chosen.Values.SelectMany(frames =>
            frames.Select(frame => frame.Entry.Captured)
        );
        PackManifest manifest = new()
        {
            Format = PackManifest.CurrentFormat,
            Agent = agent,
            AgentVersion = version,
            Created = created,
            From = times.Min(),
            To = times.Max(),
            Files = files,
        };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(
            manifest,
            FootageJson.Readable.PackManifest
        );
        Require(
            json.Length <= MostManifestBytes,
            $"{PackManifest.Name} would have {json.Length} bytes"
        );
        return new PackPlan(manifest, json, chosen);

        static void Require(bool isGood, string problem)
        {
            if (!isGood)
            {
                throw new InvalidDataException(
                    $"{problem}, more than a pack may hold; pack fewer days at once, with --from and --to"
                );
            }
        }
    }

    /// <summary>The plan that a pack was begun with, with what is still there of its files.</summary>
    /// <param name="json">The bytes of its <c>pack.json</c>.</param>
    /// <param name="agent">The agent's id.</param>
    /// <param name="root">Where the frames are.</param>
    /// <returns>Null where they are no such bytes.</returns>
    public static PackPlan? Resume(byte[] json, string agent, string root)
    {
        PackManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, FootageJson.Readable.PackManifest);
        }
        catch (JsonException)
        {
            return null;
        }

        if (
            manifest is not { Format: PackManifest.CurrentFormat, Files.Count: > 0 }
            || manifest.Agent != agent
        )
        {
            return null;
        }

        HashSet<string> names = [.. manifest.Files.Select(file => file.Name)];
        Dictionary<string, IReadOnlyList<StoredFrame>> days = new(StringComparer.Ordinal);
        foreach (FootageDay day in FootageDay.All(root).Where(day => names.Contains(CocoName(day))))
        {
            days[CocoName(day)] = [.. day.Frames().Where(frame => names.Contains(frame.Name))];
        }

        return new PackPlan(manifest, json, days);
    }

    /// <summary>Removes its pictures from the device, as far as they are there.</summary>
    /// <param name="today">Today, UTC: that day's folder stays.</param>
    public void Forget(DateOnly today)
    {
        foreach (IGrouping<FootageDay, StoredFrame> day in Pictures.GroupBy(frame => frame.Day))
        {
            // Somebody may purge the whole day meanwhile.
            try
            {
                foreach (StoredFrame frame in day)
                {
                    File.Delete(frame.Path);
                }

                // It names pictures that are gone; an agent makes it anew.
                File.Delete(day.Key.Coco);
            }
            catch (DirectoryNotFoundException)
            {
                continue;
            }

            if (day.Key.Date < today && day.Key.Pictures().Count == 0)
            {
                day.Key.Remove();
            }
        }
    }

    /// <summary>The bytes of a file of the pack.</summary>
    /// <exception cref="FileNotFoundException">It was removed meanwhile.</exception>
    public Stream Open(PackedFile file) =>
        _pictures.TryGetValue(file.Name, out StoredFrame? picture)
            ? File.OpenRead(picture.Path)
            : new MemoryStream(Compose(file));

    private byte[] Compose(PackedFile file) =>
        CocoFile.Compose(Manifest.Agent, Manifest.Created, _days[file.Name]);

    private bool IsThere(PackedFile file) =>
        _pictures.TryGetValue(file.Name, out StoredFrame? picture)
            ? picture.Entry.Size == file.Size
            : _days.TryGetValue(file.Name, out IReadOnlyList<StoredFrame>? frames)
                && frames.Count > 0
                && Hash(Compose(file)) == file.Sha256;

    private static string Text(DateTime utc) =>
        utc.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string CocoName(FootageDay day) => $"{day.Name}/{CocoFile.Name}";

    /// <summary>A hash as packs write it.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) =>
        Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>A hash as packs write it.</summary>
    public static string Hash(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));
}
