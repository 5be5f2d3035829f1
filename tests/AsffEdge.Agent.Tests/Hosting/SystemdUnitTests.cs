using System.Diagnostics;

namespace AsffEdge.Agent.Tests.Hosting;

[Trait("Category", "System")]
public sealed class SystemdUnitTests
{
    private static readonly string Unit = Path.Combine(
        Repository.Root,
        "systemd",
        "asff-edge.service"
    );

    [Fact]
    public async Task Systemd_finds_no_fault_in_the_unit()
    {
        using TemporaryFolder folder = new();

        // Neither the program nor its manual is installed where the tests run.
        string unit = File.ReadAllText(Unit)
            .Replace("/usr/bin/asff-edge run", "/bin/true run", StringComparison.Ordinal);
        string copy = folder.Write("asff-edge.service", unit);

        Assert.Equal((0, ""), await AnalyzeAsync("verify", "--man=no", copy));
    }

    [Fact]
    public async Task The_exposure_is_at_most_1_5()
    {
        // The threshold is in tenths of the figure that is shown.
        (int exitCode, string output) = await AnalyzeAsync(
            "security",
            "--offline=true",
            "--threshold=15",
            Unit
        );

        Assert.True(exitCode == 0, output);
    }

    private static async Task<(int ExitCode, string Output)> AnalyzeAsync(params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("systemd-analyze", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        Task<string> errors = process.StandardError.ReadToEndAsync(
            TestContext.Current.CancellationToken
        );
        string output = await process.StandardOutput.ReadToEndAsync(
            TestContext.Current.CancellationToken
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await errors);
    }
}
