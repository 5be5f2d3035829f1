using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Storage;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Footage;

/// <summary>
/// The pictures on disk, within the budget. A picture is written whole before its line is, so a power cut at any moment leaves nothing that
/// is half there. Others may remove pictures at any time. Not thread-safe.
/// </summary>
internal sealed class FootageStore
{
    private readonly string _root;
    private readonly string _agent;
    private readonly FootageBudgetOptions _budget;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FootageInventory _inventory = new();
    private readonly HashSet<FootageDay> _toCompose = [];
    private readonly Dictionary<FootageDay, ModelEntry> _models = [];
    private DateOnly _today;

    /// <param name="root">The folder, see <see cref="RootOf"/>.</param>
    /// <param name="agent">The agent's id.</param>
    /// <param name="budget">How much is kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public FootageStore(
        string root,
        string agent,
        FootageBudgetOptions budget,
        TimeProvider time,
        ILogger logger
    )
    {
        _root = root;
        _agent = agent;
        _budget = budget;
        _time = time;
        _logger = logger;
        _today = Today();
    }

    /// <summary>Pictures.</summary>
    public int Count => _inventory.Count;

    /// <summary>Their bytes.</summary>
    public long Bytes => _inventory.Bytes;

    /// <summary>Bytes written today, UTC, whether they are still there or not.</summary>
    public long BytesToday { get; private set; }

    /// <summary>Pictures removed since it was made because <c>max_mb</c> was reached.</summary>
    public long RemovedForRoom { get; private set; }

    /// <summary>Pictures removed since it was made because they were older than <c>max_age_days</c>.</summary>
    public long RemovedForAge { get; private set; }

    /// <summary>The folder of an agent's footage.</summary>
    public static string RootOf(string stateDirectory) => Path.Combine(stateDirectory, "footage");

    /// <summary>Clears up what a crash left, and finds out what there is.</summary>
    /// <returns>The frames of today, which were written before.</returns>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public IReadOnlyList<StoredFrame> Open()
    {
        Directory.CreateDirectory(_root);
        _inventory.Clear();
        _today = Today();
        List<StoredFrame> today = [];
        foreach (FootageDay day in FootageDay.All(_root))
        {
            JournalFile.Cut(day);
            HashSet<string> told = new(StringComparer.Ordinal);
            foreach (StoredFrame frame in day.Told())
            {
                told.Add(frame.Entry.File);
                if (day.Date == _today)
                {
                    today.Add(frame);
                }
            }

            RemoveUntold(day, told);
            _inventory.Measure(day);
            if (!File.Exists(day.Coco) || day.Date == _today)
            {
                _toCompose.Add(day);
            }
        }

        BytesToday = today.Sum(frame => frame.Entry.Size);
        return today;
    }

    /// <summary>Whether a picture of that size may still be written today.</summary>
    public bool HasRoomToday(long bytes)
    {
        DateOnly today = Today();
        if (today != _today)
        {
            (_today, BytesToday) = (today, 0);
        }

        return BytesToday + bytes <= Bytes20(_budget.MbPerDay) && bytes <= Bytes20(_budget.MaxMb);
    }

    /// <summary>Keeps a picture; the oldest go to make room for it.</summary>
    /// <param name="camera">The camera's id.</param>
    /// <param name="model">What it was inferred with.</param>
    /// <param name="entry">What is known of it.</param>
    /// <param name="jpeg">Its file.</param>
    /// <exception cref="IOException">It cannot be written; nothing of it is there.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public KeepOutcome Add(
        string camera,
        ModelEntry model,
        FrameEntry entry,
        ReadOnlySpan<byte> jpeg
    )
    {
        if (!HasRoomToday(jpeg.Length))
        {
            return KeepOutcome.DayIsFull;
        }

        FootageDay day = FootageDay.Of(_root, camera, entry.Captured);
        string path = Path.Combine(day.Path, entry.File);
        if (File.Exists(path))
        {
            return KeepOutcome.SameTime;
        }

        MakeRoom(jpeg.Length);
        try
        {
            WriteFile(path, jpeg);
            bool isNamed =
                !JournalFile.IsEmpty(day) && model.IsSame(_models.GetValueOrDefault(day));
            JournalFile.Append(
                day,
                [.. isNamed ? [] : Line(new() { Model = model }), .. Line(new() { Frame = entry })]
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            TryRemove(path, path + ".tmp");
            throw;
        }

        _models[day] = model;
        _toCompose.Add(day);
        BytesToday += jpeg.Length;
        _inventory.Add(day, jpeg.Length);
        return KeepOutcome.Kept;
    }

    /// <summary>Removes what is too old, sees what others removed, and writes <c>coco.json</c> of days that are over.</summary>
    public void Tidy()
    {
        foreach (FootageDay day in _inventory.Days.Where(_inventory.Renew))
        {
            _toCompose.Add(day);
        }

        DateTime oldest = _time.GetUtcNow().UtcDateTime.AddDays(-_budget.MaxAgeDays);
        while (_inventory.Oldest is { } picture && picture.Captured < oldest)
        {
            Remove(picture);
            RemovedForAge++;
        }

        DateOnly today = Today();
        Compose(day => day.Date != today);
    }

    /// <summary>Writes <c>coco.json</c> of all days that have changed.</summary>
    public void ComposeAll() => Compose(_ => true);

    private void Compose(Func<FootageDay, bool> isWanted)
    {
        foreach (FootageDay day in _toCompose.Where(isWanted).ToArray())
        {
            IReadOnlyList<StoredFrame> frames = day.Frames();
            if (frames.Count > 0)
            {
                AtomicFile.Write(
                    day.Coco,
                    CocoFile.Compose(_agent, _time.GetUtcNow().UtcDateTime, frames)
                );
                _inventory.Measure(day);
            }
            else if (day.Date != Today())
            {
                Forget(day);
            }

            _toCompose.Remove(day);
        }
    }

    private void MakeRoom(long bytes)
    {
        while (Bytes + bytes > Bytes20(_budget.MaxMb) && _inventory.Oldest is { } picture)
        {
            Remove(picture);
            RemovedForRoom++;
        }
    }

    private void Remove(OldPicture picture)
    {
        (bool isKnown, int left) = _inventory.RemoveOldest();
        if (!isKnown)
        {
            return;
        }

        _toCompose.Add(picture.Day);
        if (left == 0 && picture.Day.Date != Today())
        {
            Forget(picture.Day);
        }
    }

    private void Forget(FootageDay day)
    {
        _inventory.Forget(day);
        _toCompose.Remove(day);
        _models.Remove(day);
    }

    // The last picture before a power cut may not have got its line, and one that was being written has another name.
    private void RemoveUntold(FootageDay day, HashSet<string> told)
    {
        string[] untold =
        [
            .. Directory.GetFiles(day.Path, "*.tmp"),
            .. day.Pictures()
                .Keys.Where(picture => !told.Contains(picture))
                .Select(picture => Path.Combine(day.Path, picture)),
        ];
        foreach (string path in untold)
        {
            File.Delete(path);
        }

        if (untold.Length > 0)
        {
            Log.ClearedUp(_logger, untold.Length, day.Path);
        }
    }

    // Somebody may remove the folder, with all that is in it, at this very moment.
    private static void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            AtomicFile.Write(path, content);
        }
        catch (DirectoryNotFoundException)
        {
            AtomicFile.Write(path, content);
        }
    }

    private static void TryRemove(params string[] paths)
    {
        foreach (string path in paths)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException) { }
        }
    }

    private static byte[] Line(JournalLine line) =>
        [
            .. JsonSerializer.SerializeToUtf8Bytes(line, FootageJson.Readable.JournalLine),
            (byte)'\n',
        ];

    private static long Bytes20(int megabytes) => (long)megabytes << 20;

    private DateOnly Today() => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
}
