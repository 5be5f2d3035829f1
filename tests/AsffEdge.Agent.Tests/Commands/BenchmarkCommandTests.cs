using System.Text.Json;
using AsffEdge.Detection.Tests;

namespace AsffEdge.Agent.Tests.Commands;

[Trait("Category", "System")]
public sealed class BenchmarkCommandTests : IDisposable
{
    private readonly ColourCells _models = new();
    private readonly TestVideo _files = new();

    public void Dispose()
    {
        _models.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task It_reports_rates_stages_allocation_and_memory_for_every_size()
    {
        AgentProgram.Outcome outcome = await BenchmarkAsync("--sizes", "64,128", "--json");

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        JsonElement report = JsonElement.Parse(outcome.Output);
        JsonElement[] sizes = [.. report.GetProperty("sizes").EnumerateArray()];
        Assert.Equal([64, 128], sizes.Select(size => size.GetProperty("size").GetInt32()));
        Assert.All(
            sizes,
            size =>
            {
                double bare = size.GetProperty("bare_fps").GetDouble();
                double pipeline = size.GetProperty("pipeline_fps").GetDouble();
                Assert.True(bare > pipeline && pipeline > 0, $"{bare} {pipeline}");
                Assert.Equal(pipeline / bare, size.GetProperty("ratio").GetDouble(), 0.001);
                // The smallest object has 24 bytes; what the runtime itself allocates now and then is far less a frame.
                Assert.InRange(size.GetProperty("bytes_per_frame").GetDouble(), 0, 10);
            }
        );
        JsonElement memory = report.GetProperty("memory");
        Assert.InRange(memory.GetProperty("beside_model").GetDouble(), 20, 1000);
        Assert.InRange(memory.GetProperty("fairness").GetDouble(), 0.01, 1);
    }

    [Fact]
    public async Task Its_table_fits_80_columns()
    {
        AgentProgram.Outcome outcome = await BenchmarkAsync("--sizes", "64");

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        Assert.All(outcome.Lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains(outcome.Lines, line => line.StartsWith("  64 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Collecting_and_sending_are_measured_beside_their_baseline_and_allocate_nothing_in_frames_not_chosen()
    {
        AgentProgram.Outcome outcome = await AgentProgram.RunAsync(
            "benchmark",
            "footage",
            "--model",
            _models.Write(),
            "--video",
            _files.Write("grey.avi", 10, 128, 96),
            "--size",
            "64",
            "--seconds",
            "8",
            "--threads",
            "1",
            "--json"
        );

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        JsonElement report = JsonElement.Parse(outcome.Output);
        double with = report.GetProperty("with_fps").GetDouble();
        double without = report.GetProperty("without_fps").GetDouble();
        Assert.True(with > 0 && without > 0, $"{with} {without}");
        Assert.Equal(with / without, report.GetProperty("ratio").GetDouble(), 0.001);
        double sending = report.GetProperty("sending_fps").GetDouble();
        Assert.Equal(sending / without, report.GetProperty("sending_ratio").GetDouble(), 0.001);

        // Sent all the while, and no faster than allowed.
        double sent = report.GetProperty("sent_mb").GetDouble();
        Assert.InRange(sent, 1, 1.25 * report.GetProperty("sending_s").GetDouble());
        Assert.Equal(0, report.GetProperty("bytes_not_chosen").GetInt64());
        Assert.InRange(report.GetProperty("not_chosen").GetInt64(), 10, long.MaxValue);
        Assert.InRange(
            report.GetProperty("kept").GetInt64() + report.GetProperty("duplicates").GetInt64(),
            1,
            100
        );
    }

    [Fact]
    public async Task A_shadow_is_measured_beside_its_baseline_and_allocates_nothing_on_the_inference_thread()
    {
        AgentProgram.Outcome outcome = await AgentProgram.RunAsync(
            "benchmark",
            "shadow",
            "--model",
            _models.Write(),
            "--video",
            _files.Write("grey.avi", 10, 128, 96),
            "--size",
            "64",
            "--seconds",
            "8",
            "--threads",
            "1",
            "--json"
        );

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        JsonElement report = JsonElement.Parse(outcome.Output);
        double without = report.GetProperty("without_fps").GetDouble();
        double figures = report.GetProperty("figures_fps").GetDouble();
        double shadow = report.GetProperty("shadow_fps").GetDouble();
        Assert.True(without > 0 && figures > 0 && shadow > 0, outcome.Output);
        Assert.Equal(shadow / without, report.GetProperty("shadow_ratio").GetDouble(), 0.001);
        Assert.InRange(
            report.GetProperty("shadow_frames").GetInt64(),
            1,
            report.GetProperty("frames").GetInt64()
        );
        Assert.InRange(report.GetProperty("shadow_share").GetDouble(), 0.001, 0.5);
        Assert.InRange(report.GetProperty("bytes_frames").GetInt64(), 10, long.MaxValue);
        Assert.Equal(0, report.GetProperty("bytes").GetInt64());
    }

    [Theory]
    [InlineData("switches", "--sizes", "64,128")]
    [InlineData("models", "--size", "64")]
    public async Task Switches_are_timed_over_a_broker_and_lose_no_frame(
        string what,
        string option,
        string value
    )
    {
        AgentProgram.Outcome outcome = await SwitchesAsync(what, option, value);

        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        JsonElement report = JsonElement.Parse(outcome.Output);
        Assert.Equal(6, report.GetProperty("switches").GetInt32());
        Assert.Equal(0, report.GetProperty("lost").GetInt64());
        Assert.True(report.GetProperty("frames").GetInt64() >= 6, outcome.Output);
        double median = report.GetProperty("latency_ms_p50").GetDouble();
        double p95 = report.GetProperty("latency_ms_p95").GetDouble();
        Assert.True(
            median > 0 && p95 >= median && report.GetProperty("latency_ms_max").GetDouble() >= p95,
            outcome.Output
        );
        Assert.Equal(
            report.GetProperty("memory_after_mb").GetDouble()
                / report.GetProperty("memory_before_mb").GetDouble(),
            report.GetProperty("memory_ratio").GetDouble(),
            0.001
        );
    }

    [Theory]
    [InlineData("switches", "--sizes", "64,65")]
    [InlineData("switches", "--sizes", "64")]
    [InlineData("switches", "--sizes", "64,64")]
    [InlineData("models", "--size", "65")]
    public async Task Switches_need_sizes_that_the_model_takes(
        string what,
        string option,
        string value
    )
    {
        AgentProgram.Outcome outcome = await SwitchesAsync(what, option, value);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(option, outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sizes", "65")]
    [InlineData("--sizes", "a")]
    [InlineData("--seconds", "0")]
    public async Task Wrong_usage_ends_with_2_and_says_what_is_wrong(string option, string value)
    {
        AgentProgram.Outcome outcome = await BenchmarkAsync(option, value);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(value, outcome.Errors, StringComparison.Ordinal);
    }

    private Task<AgentProgram.Outcome> SwitchesAsync(string what, params string[] more) =>
        AgentProgram.RunAsync([
            "benchmark",
            what,
            "--model",
            _models.Write(),
            "--video",
            _files.Write("clip.avi", 20),
            "--count",
            "6",
            "--json",
            .. more,
        ]);

    private Task<AgentProgram.Outcome> BenchmarkAsync(
        string option,
        string value,
        params string[] more
    ) =>
        AgentProgram.RunAsync([
            "benchmark",
            "--model",
            _models.Write(),
            "--video",
            _files.Write("clip.avi", 20),
            "--cameras",
            "2",
            option,
            value,
            .. option == "--seconds" ? (string[])[] : ["--seconds", "2"],
            .. more,
        ]);
}
