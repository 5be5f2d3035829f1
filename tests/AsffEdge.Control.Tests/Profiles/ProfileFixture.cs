using System.Collections.Concurrent;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Control.Tests.Profiles;

/// <summary>A controller for two cameras over a model that takes 64 to 608, with its state in a folder of its own.</summary>
internal sealed class ProfileFixture : IAutoProfile, IDevice, IDisposable
{
    public static readonly Profile Fast = new("fast", 320, 0.5f, 0.6f, null);

    public static readonly Profile Balanced = new("balanced", 416, 0.25f, 0.6f, 5);

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<int, bool> _warm = new();
    private ProfileController? _running;

    public FakeTimeProvider Time { get; } =
        new(new DateTimeOffset(2026, 11, 23, 5, 0, 0, TimeSpan.Zero));

    public List<int> Warmed { get; } = [];

    public List<ReportedDocument> Reported { get; } = [];

    /// <summary>What warming a size does.</summary>
    public Func<int, Task> Warm { get; set; } = _ => Task.CompletedTask;

    /// <summary>What <c>auto</c> stands for, by name.</summary>
    public string Auto { get; set; } = "fast";

    /// <summary>Frames that every camera has delivered and of which so many were inferred.</summary>
    public CameraCounts Frames { get; set; }

    /// <summary>Resident memory.</summary>
    public double? Memory { get; set; } = 200;

    public string Folder => _folder.Path;

    public string StatePath => Path.Combine(Folder, "desired.json");

    public ReportedDocument Last => Reported[^1];

    public static ProfileBook Book { get; } =
        new(
            new Dictionary<string, Profile> { ["fast"] = Fast, ["balanced"] = Balanced },
            [("dock-1", Balanced), ("dock-2", Fast)],
            new ModelLimits(
                size => size is >= 64 and <= 608 && size % 32 == 0,
                "multiples of 32 from 64 to 608",
                0.5f,
                0.6f
            )
        );

    /// <summary>A controller as after a start of the process; the one before is as after the end of its process.</summary>
    public ProfileController Start(params string[] groups)
    {
        _running?.Dispose();
        _running = new ProfileController(
            Book,
            groups,
            new DesiredStore(Folder, NullLogger<DesiredStore>.Instance),
            this,
            this,
            Reported.Add,
            Time,
            NullLogger<ProfileController>.Instance
        );
        _running.Start();
        return _running;
    }

    /// <summary>Submits a document and waits until it is carried out.</summary>
    public static async Task<CarriedOut> ApplyAsync(
        ProfileController controller,
        DesiredDocument document,
        string source = "agent",
        bool mayBeRepeated = false
    ) => await controller.Submit(new SourcedDocument(source, document), mayBeRepeated);

    /// <summary>The refusal of a document, from whenever.</summary>
    public static Task<DocumentRejectedException> RefusalAsync(
        ProfileController controller,
        DesiredDocument document,
        string source = "agent",
        bool mayBeRepeated = false
    ) =>
        Assert.ThrowsAsync<DocumentRejectedException>(() =>
            ApplyAsync(controller, document, source, mayBeRepeated)
        );

    /// <summary>Lets the time pass in which a change settles that says nothing of it.</summary>
    public void Settle() => Time.Advance(TimeSpan.FromSeconds(30));

    public static DesiredDocument Document(long rev, string profile) =>
        new() { Rev = rev, Profile = profile };

    /// <summary>A document with a profile of its own at <paramref name="size"/> for every camera.</summary>
    public static DesiredDocument Sized(long rev, int size) =>
        Document(rev, "sized") with
        {
            Profiles = new Dictionary<string, DesiredProfile>
            {
                ["sized"] = new(size, null, null, null),
            },
        };

    public AutoChoice Choose(IReadOnlyDictionary<string, Profile> profiles) =>
        new(profiles[Auto], $"{Auto} it is");

    public async Task WarmAsync(int size)
    {
        Warmed.Add(size);
        await Warm(size);
        _warm[size] = true;
    }

    /// <summary>Whether a size has been warmed, for other threads to ask.</summary>
    public bool HasWarmed(int size) => _warm.ContainsKey(size);

    public CameraPerformance Performance(int camera) => new(9.8, 61.2);

    public CameraCounts Counts(int camera) => Frames;

    public double? MemoryMb() => Memory;

    public void Dispose()
    {
        _running?.Dispose();
        _folder.Dispose();
    }
}
