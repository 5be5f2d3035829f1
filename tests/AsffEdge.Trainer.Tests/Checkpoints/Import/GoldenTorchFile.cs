namespace AsffEdge.Trainer.Tests.Checkpoints.Import;

/// <summary>The folder of files that torch.save wrote: tests/golden/pth, or what ASFF_GOLDEN_PTH names.</summary>
internal static class GoldenTorchFile
{
    public static string Folder =>
        Environment.GetEnvironmentVariable("ASFF_GOLDEN_PTH") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Repository.Root, "tests", "golden", "pth");

    public static IEnumerable<string> Names()
    {
        string[] names =
        [
            .. Directory
                .EnumerateFiles(Folder, "*.pth")
                .Select(path => Path.GetFileName(path))
                .Order(),
        ];
        return names.Length > 0
            ? names
            : throw new InvalidOperationException($"{Folder} holds no *.pth");
    }

    public static string At(string name) => Path.Combine(Folder, name);
}
