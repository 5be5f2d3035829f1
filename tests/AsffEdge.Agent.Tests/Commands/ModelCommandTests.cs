using AsffEdge.Detection;
using AsffEdge.Detection.Tests;

namespace AsffEdge.Agent.Tests.Commands;

public sealed class ModelCommandTests : IDisposable
{
    private readonly ColourCells _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task A_good_model_is_described_in_lines_that_fit_a_terminal()
    {
        string path = _models.WriteGolden();

        AgentProgram.Outcome outcome = await CheckAsync(path);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Contains("model     colour-cells 1.0.0, yolov3", outcome.Lines);
        Assert.Contains($"sha256    {ModelContent.Read(path).Sha256}", outcome.Lines);
        Assert.Contains("result    good", outcome.Lines);
        Assert.Contains(
            outcome.Lines,
            line => line.StartsWith("golden    size 320: ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_model_without_a_golden_picture_is_not_called_good()
    {
        AgentProgram.Outcome outcome = await CheckAsync(_models.Write());

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("asff-train golden", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("result    good", outcome.Lines);
    }

    [Fact]
    public async Task A_bad_model_ends_with_1_and_its_fault()
    {
        string path = _models.WriteGolden();
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^9]);

        AgentProgram.Outcome outcome = await CheckAsync(path);

        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("asff-edge: truncated: ", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(path, outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("model.onnx", "--sha256", "12")]
    [InlineData("model.onnx", "--providers", "gpu")]
    public async Task Wrong_usage_ends_with_2(params string[] arguments) =>
        Assert.Equal(2, (await CheckAsync(arguments)).ExitCode);

    private static Task<AgentProgram.Outcome> CheckAsync(params string[] arguments) =>
        AgentProgram.RunAsync(["model", "check", .. arguments]);
}
