using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Profiles;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Profiles;

/// <summary>A controller for two cameras over a model that takes 64 to 608, with its state in a folder of its own.</summary>
internal sealed class ProfileFixture : IDisposable
{
    public static readonly AgentConfiguration Configuration = new()
    {
        Agent = new AgentOptions { Id = "gate-07" },
        StateDirectory = "/none",
        Model = new ModelOptions { Path = "model.onnx" },
        Profile = "balanced",
        Profiles = new Dictionary<string, ProfileOptions>
        {
            ["fast"] = new() { Size = 320 },
            ["balanced"] = new()
            {
                Size = 416,
                ScoreThreshold = 0.25,
                MaxFps = 5,
            },
        },
        Cameras =
        [
            new CameraOptions { Id = "dock-1", Source = "a.avi" },
            new CameraOptions
            {
                Id = "dock-2",
                Source = "b.avi",
                Profile = "fast",
            },
        ],
    };

    public static readonly ModelManifest Model = ColourCells.Manifest with
    {
        Input = ColourCells.Manifest.Input with { MaxSize = 608 },
    };

    private readonly TemporaryFolder _folder = new();

    public FakeTimeProvider Time { get; } =
        new(new DateTimeOffset(2026, 11, 23, 5, 0, 0, TimeSpan.Zero));

    public List<int> Warmed { get; } = [];

    public List<ReportedDocument> Reported { get; } = [];

    /// <summary>What warming a size does.</summary>
    public Func<int, Task> Warm { get; set; } = _ => Task.CompletedTask;

    public string Folder => _folder.Path;

    public string StatePath => Path.Combine(Folder, "desired.json");

    public ReportedDocument Last => Reported[^1];

    public static ProfileBook Book => new(Configuration, Model);

    /// <summary>A controller as after a start of the process.</summary>
    public ProfileController Start() =>
        new(
            Configuration,
            Book,
            new DesiredStore(Folder, NullLogger<DesiredStore>.Instance),
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

    public static DesiredDocument Document(long rev, string profile) =>
        new() { Rev = rev, Profile = profile };

    public void Dispose() => _folder.Dispose();
}
