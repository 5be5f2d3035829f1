using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Control.Tests.Profiles;

/// <summary>A controller for two cameras over a model that takes 64 to 608, with its state in a folder of its own.</summary>
internal sealed class ProfileFixture : IAutoProfile, IDisposable
{
    public static readonly Profile Fast = new("fast", 320, 0.5f, 0.6f, null);

    public static readonly Profile Balanced = new("balanced", 416, 0.25f, 0.6f, 5);

    private readonly TemporaryFolder _folder = new();

    public FakeTimeProvider Time { get; } =
        new(new DateTimeOffset(2026, 11, 23, 5, 0, 0, TimeSpan.Zero));

    public List<int> Warmed { get; } = [];

    public List<ReportedDocument> Reported { get; } = [];

    /// <summary>What warming a size does.</summary>
    public Func<int, Task> Warm { get; set; } = _ => Task.CompletedTask;

    /// <summary>What <c>auto</c> stands for, by name.</summary>
    public string Auto { get; set; } = "fast";

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

    /// <summary>A controller as after a start of the process.</summary>
    public ProfileController Start() =>
        new(
            Book,
            new DesiredStore(Folder, NullLogger<DesiredStore>.Instance),
            this,
            size =>
            {
                Warmed.Add(size);
                return Warm(size);
            },
            _ => new CameraPerformance(9.8, 61.2),
            Reported.Add,
            Time,
            NullLogger<ProfileController>.Instance
        );

    public AutoChoice Choose(IReadOnlyDictionary<string, Profile> profiles) =>
        new(profiles[Auto], $"{Auto} it is");

    public static DesiredDocument Document(long rev, string profile) =>
        new() { Rev = rev, Profile = profile };

    public void Dispose() => _folder.Dispose();
}
