using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Footage;

/// <summary>Footage on disk, with pictures of a test's choice. The test owns the clock.</summary>
internal sealed class StoreFixture : IDisposable
{
    public static readonly ModelEntry Model = new(
        "pedestrian",
        "1.0.0",
        new string('a', 64),
        ["person", "Fußgänger"]
    );

    // In memory where the system has such a place: these tests are about what is written, not about how long a disk takes for it.
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(
        Path.Combine(
            Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(),
            $"asff-edge-tests-{Guid.NewGuid():N}"
        )
    );
    private readonly FootageBudgetOptions _budget;

    public StoreFixture(FootageBudgetOptions? budget = null, string? root = null)
    {
        _budget = budget ?? new FootageBudgetOptions();
        Root = root ?? Path.Combine(_folder.FullName, "footage");
        Store = Open();
    }

    public FakeTimeProvider Time { get; } = new(new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));

    public DateTime Now => Time.GetUtcNow().UtcDateTime;

    public string Root { get; }

    public LogLines Log { get; } = new();

    public FootageStore Store { get; private set; }

    /// <summary>The names of the frames on disk, by camera and time.</summary>
    public IReadOnlyList<string> Names => NamesIn(Root);

    public static IReadOnlyList<string> NamesIn(string root) =>
        [.. FootageDay.All(root).SelectMany(day => day.Frames()).Select(frame => frame.Name)];

    /// <summary>Opens what is there, as an agent that starts does.</summary>
    public FootageStore Open(string? root = null)
    {
        Store = new FootageStore(root ?? Root, "gate-07", _budget, Time, Log);
        Store.Open();
        return Store;
    }

    /// <summary>Adds a picture of so many bytes, captured now; a second passes.</summary>
    public KeepOutcome Add(
        string camera = "gate",
        int bytes = 1000,
        DateTime? captured = null,
        ModelEntry? model = null
    )
    {
        KeepOutcome outcome = Store.Add(
            camera,
            model ?? Model,
            NewEntry(captured ?? Now, bytes),
            new byte[bytes]
        );
        Time.Advance(TimeSpan.FromSeconds(1));
        return outcome;
    }

    public static FrameEntry NewEntry(DateTime captured, int bytes) =>
        new()
        {
            File = FootageDay.PictureName(captured),
            Size = bytes,
            Width = 640,
            Height = 480,
            Captured = captured,
            Policy = "uncertain",
            Profile = "balanced",
            InputSize = 416,
            ScoreThreshold = 0.3f,
            Dhash = new string('0', 64),
            Objects = [new FoundObject(1, 0.41f, 311.5f, 120, 352.7f, 238.7f)],
        };

    public void Dispose() => _folder.Delete(recursive: true);
}
