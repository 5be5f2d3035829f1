using System.Text.Json;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Tests.Footage;

namespace AsffEdge.Agent.Tests.Commands;

[Trait("Category", "System")]
public sealed class FootageCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StoreFixture _fixture;
    private readonly string _config;

    public FootageCommandTests()
    {
        _fixture = new StoreFixture(root: Path.Combine(_folder.Path, "state", "footage"));
        _fixture.Add("gate", 2_000_000);
        _fixture.Add("gate", 1_000_000);
        _fixture.Add("yard", 1000);
        _folder.Write("model.onnx", "");
        _config = _folder.Write(
            "agent.yaml",
            """
            agent: { id: gate-07 }
            state_directory: state
            model: { path: model.onnx }
            cameras: [{ id: gate, source: a.avi }]
            """
        );
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task List_and_size_show_what_there_is_as_text_that_fits_a_terminal_and_as_json()
    {
        AgentProgram.Outcome list = await RunAsync("list");
        Assert.Equal(0, list.ExitCode);
        Assert.Contains(
            list.Lines,
            line =>
                line.Contains("2.9", StringComparison.Ordinal)
                && line.Contains("uncertain 2", StringComparison.Ordinal)
        );
        Assert.All(list.Lines, line => Assert.InRange(line.Length, 0, 80));

        JsonElement days = JsonElement.Parse((await RunAsync("list", "--json")).Output);
        Assert.Equal(
            [("gate", 2, 3_000_000L), ("yard", 1, 1000L)],
            days.EnumerateArray()
                .Select(day =>
                    (
                        day.GetProperty("camera").GetString()!,
                        day.GetProperty("pictures").GetInt32(),
                        day.GetProperty("bytes").GetInt64()
                    )
                )
        );

        AgentProgram.Outcome size = await RunAsync("size");
        Assert.Contains(
            "3 pictures, from 2026-03-01 09:00:00Z",
            size.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("2.9 of 2000 MiB", size.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pack_writes_a_file_and_says_so()
    {
        AgentProgram.Outcome kept = await RunAsync(
            "pack",
            "--out",
            _folder.Path,
            "--camera",
            "yard",
            "--keep"
        );
        Assert.True(kept.ExitCode == 0, kept.Errors);
        Assert.Contains("1 pictures", kept.Output, StringComparison.Ordinal);
        Assert.Equal(3, _fixture.Names.Count);

        JsonElement packed = JsonElement.Parse(
            (await RunAsync("pack", "--out", _folder.Path, "--json")).Output
        );
        Assert.True(File.Exists(packed.GetProperty("path").GetString()));
        Assert.Empty(_fixture.Names);
        Assert.Contains(
            "nothing was packed",
            (await RunAsync("pack", "--out", _folder.Path)).Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Purge_removes_what_it_is_told_and_wants_to_be_told()
    {
        Assert.Equal(2, (await RunAsync("purge")).ExitCode);
        Assert.Equal(2, (await RunAsync("purge", "--all", "--camera", "gate")).ExitCode);
        AgentProgram.Outcome wrong = await RunAsync("purge", "--day", "yesterday");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("a day (UTC) such as 2026-03-01", wrong.Errors, StringComparison.Ordinal);
        Assert.Equal(3, _fixture.Names.Count);

        AgentProgram.Outcome gate = await RunAsync("purge", "--camera", "gate", "--yes");
        Assert.Equal((0, "2 pictures were removed, 2.9 MiB."), (gate.ExitCode, gate.Output.Trim()));
        Assert.Equal("yard", Assert.Single(FootageDay.All(_fixture.Root)).Camera);
        Assert.Equal(0, (await RunAsync("purge", "--all", "--yes")).ExitCode);
        Assert.Empty(FootageDay.All(_fixture.Root));
    }

    private Task<AgentProgram.Outcome> RunAsync(string command, params string[] arguments) =>
        AgentProgram.RunAsync(["footage", command, "--config", _config, .. arguments]);
}
