using AsffEdge.Detection.Tests;

namespace AsffEdge.Agent.Tests.Commands;

[Trait("Category", "System")]
public sealed class CheckConfigCommandTests : IDisposable
{
    private readonly ColourCells _models = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _models.Dispose();
    }

    [Fact]
    public async Task A_class_that_the_model_does_not_have_is_found_before_the_agent_runs()
    {
        AgentProgram.Outcome outcome = await CheckAsync(_models.WriteGolden(), "bleu");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(
            "cameras.0.zones.dock.classes holds 'bleu', which is no class of the model; did you mean 'blue'? Allowed: red or green, blue",
            outcome.Errors,
            StringComparison.Ordinal
        );
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task Zones_are_shown_as_they_are_in_force()
    {
        AgentProgram.Outcome outcome = await CheckAsync(_models.WriteGolden(), "blue");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Contains(
            outcome.Lines,
            line =>
                line.Trim() == "dock:"
                || line.Trim().StartsWith("- 0.1 0.5", StringComparison.Ordinal)
        );
        Assert.Contains(outcome.Lines, line => line.Trim() == "max_age_h: 168");
        Assert.Contains(outcome.Lines, line => line.Trim() == "update_every_s: 5");
    }

    [Fact]
    public async Task A_model_that_cannot_be_opened_cannot_be_asked_for_its_classes()
    {
        string model = _folder.Write("broken.onnx", "this is no model");

        AgentProgram.Outcome outcome = await CheckAsync(model, "blue");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(model, outcome.Errors, StringComparison.Ordinal);
    }

    private Task<AgentProgram.Outcome> CheckAsync(string model, string name) =>
        AgentProgram.RunAsync(
            "check-config",
            "--config",
            _folder.Write(
                "agent.yaml",
                $$"""
                agent: { id: gate-07 }
                model: { path: {{model}} }
                cameras:
                  - id: dock-1
                    source: a.avi
                    zones: { dock: { corners: [0.1 0.5, 0.9 0.5, 0.5 1], classes: [{{name}}] } }
                """
            )
        );
}
