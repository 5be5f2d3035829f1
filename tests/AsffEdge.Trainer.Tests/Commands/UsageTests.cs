using System.Diagnostics;

namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>The program itself, called wrongly.</summary>
[Trait("Category", "System")]
public sealed class UsageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("trian")]
    [InlineData("train --config")]
    [InlineData("dataset build")]
    [InlineData("compare old.onnx")]
    [InlineData("evaluate model.onnx --sizes big --data truth.json")]
    public async Task Wrong_usage_ends_with_2(string arguments)
    {
        (int exitCode, string errors) = await RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.NotEmpty(errors);
    }

    [Theory]
    [InlineData("train --help")]
    [InlineData("evaluate --help")]
    [InlineData("compare --help")]
    [InlineData("dataset --help")]
    [InlineData("dataset build --help")]
    [InlineData("dataset import --help")]
    public async Task Help_ends_well_whatever_the_command_requires(string arguments)
    {
        (int exitCode, string errors) = await RunAsync(arguments);

        Assert.Equal((0, ""), (exitCode, errors));
    }

    private static async Task<(int ExitCode, string Errors)> RunAsync(string arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(
                Path.Combine(AppContext.BaseDirectory, "asff-train"),
                arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        CancellationToken ct = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(ct);
        string errors = await process.StandardError.ReadToEndAsync(ct);
        await output;
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, errors);
    }
}
