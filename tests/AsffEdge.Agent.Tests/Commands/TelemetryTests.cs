using System.Diagnostics;
using AsffEdge.Detection.Tests;

namespace AsffEdge.Agent.Tests.Commands;

[Trait("Category", "System")]
public sealed class TelemetryTests : IDisposable
{
    private readonly ColourCells _models = new();
    private readonly TestVideo _files = new();
    private readonly TemporaryFolder _home = new();

    public void Dispose()
    {
        _models.Dispose();
        _files.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task ONNX_Runtime_keeps_no_device_id_and_no_reports_to_its_maker()
    {
        ProcessStartInfo start = new(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "asff-edge.dll"),
                "detect",
                _files.Write("clip.avi", 3),
                "--model",
                _models.Write(),
                "--size",
                "64",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Where it would keep them; and without what makes it silent by itself.
        start.Environment["HOME"] = _home.Path;
        foreach (string name in (string[])["CI", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"])
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        CancellationToken ct = TestContext.Current.CancellationToken;
        Task<string> errors = process.StandardError.ReadToEndAsync(ct);
        string output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);

        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal(3, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(_home.Path, "*", SearchOption.AllDirectories),
            path => path.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase)
        );
    }
}
