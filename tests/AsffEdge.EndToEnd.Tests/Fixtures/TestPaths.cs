namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>Where the tests find what they run and what they compare with.</summary>
internal static class TestPaths
{
    /// <summary>The surveillance clip that <c>make setup</c> fetches: 795 frames of 768×576, ten a second.</summary>
    public static string Clip { get; } = Path.Combine(Repository.Root, ".data", "vtest.avi");

    /// <summary>The demo model, which finds people.</summary>
    public static string Model { get; } =
        Path.Combine(Repository.Root, "models", "pedestrian.onnx");

    /// <summary>The agent's executable: beside the tests, or what ASFF_AGENT names (one that `make publish` made, say).</summary>
    public static string AgentProgram { get; } =
        Environment.GetEnvironmentVariable("ASFF_AGENT")
        ?? Path.Combine(AppContext.BaseDirectory, "asff-edge");

    /// <summary>The fleet manager's tool, beside the tests.</summary>
    public static string FleetProgram { get; } =
        Path.Combine(AppContext.BaseDirectory, "asff-fleet");

    /// <summary>The trainer, where it was built: its tensor library is too large to be copied beside the tests.</summary>
    public static string TrainerProgram { get; } =
        Path.Combine([
            Repository.Root,
            "trainer",
            "AsffEdge.Trainer",
            "bin",
            .. Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory).Split('/')[^2..],
            "asff-train",
        ]);

    /// <summary>
    /// The clip's labels (rows <c>frame,-1,left,top,width,height,score,…</c> in pixels, frames from 1), which are not part
    /// of the repository: named by ASFF_CLIP_LABELS, else looked for beside the repository; null when there are none.
    /// </summary>
    public static string? ClipLabels { get; } =
        new[]
        {
            Environment.GetEnvironmentVariable("ASFF_CLIP_LABELS"),
            Path.Combine(Repository.Root, "..", "shared", "data", "pets09-s2l1", "detections.txt"),
        }.FirstOrDefault(File.Exists);
}
