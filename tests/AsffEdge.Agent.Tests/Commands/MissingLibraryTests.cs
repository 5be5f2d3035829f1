using System.Diagnostics;

namespace AsffEdge.Agent.Tests.Commands;

/// <summary>A machine whose native libraries cannot be loaded, played by a copy of the program without them.</summary>
[Trait("Category", "System")]
public sealed class MissingLibraryTests
{
    [Fact]
    public async Task A_missing_native_library_is_named_without_a_stack_trace()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            if (Path.GetExtension(file) is ".dll" or ".json")
            {
                File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
            }
        }

        string model = Path.Combine(Repository.Root, "models", "pedestrian.onnx");
        string program = Path.Combine(folder.Path, "asff-edge.dll");
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet", [program, "detect", model, "--model", model])
            {
                RedirectStandardError = true,
            }
        )!;
        string errors = await process.StandardError.ReadToEndAsync(
            TestContext.Current.CancellationToken
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("make setup", errors);
        Assert.DoesNotContain("   at ", errors);
    }
}
