namespace AsffEdge.Trainer.Tests.Commands;

/// <summary>The benchmark interrupted.</summary>
[Trait("Category", "System")]
public sealed class BenchmarkProcessTests
{
    [Fact]
    public async Task A_benchmark_told_to_stop_ends_after_its_run()
    {
        using TrainerProcess process = new(
            "benchmark",
            "--variants",
            "mobilenetv2",
            "--sizes",
            "320",
            "--backbone-width",
            "0.1",
            "--neck-width",
            "0.1",
            "--runs",
            "1000",
            "--threads",
            "1"
        );
        await process.WaitUntilAsync(
            () => process.HasLoaded("libonnxruntime"),
            "measuring",
            TimeSpan.FromMilliseconds(50)
        );

        await process.TerminateAsync();

        Assert.Equal((1, "", "interrupted\n"), await process.FinishAsync());
    }
}
