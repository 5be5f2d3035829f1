namespace AsffEdge.EndToEnd.Tests.Retraining;

/// <summary>How much is trained, and where the files go.</summary>
/// <param name="WeakEpochs">Epochs of the weak model.</param>
/// <param name="Epochs">Epochs of the retraining.</param>
/// <param name="Sizes">Input sizes that the models are compared at; the agent runs at the first.</param>
/// <param name="Folder">Where everything that is made stays; null: nowhere.</param>
internal sealed record RetrainingPlan(
    int WeakEpochs,
    int Epochs,
    IReadOnlyList<int> Sizes,
    string? Folder
)
{
    /// <summary>Names a new folder, from the root of the repository, in which everything that the demo makes stays; without it, the loop is a short test.</summary>
    private const string DemoFolder = "ASFF_RETRAIN_DEMO";

    /// <summary>What the environment asks for.</summary>
    public static RetrainingPlan Read() =>
        Environment.GetEnvironmentVariable(DemoFolder) is { Length: > 0 } folder
            ? new(
                WeakEpochs: 8,
                Epochs: 24,
                [416, 320, 512],
                Path.GetFullPath(folder, Repository.Root)
            )
            : new(WeakEpochs: 5, Epochs: 10, [320], Folder: null);
}
