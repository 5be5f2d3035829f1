using System.Diagnostics;
using System.Text.Json;
using AsffEdge.Fleet.Simulation;
using AsffEdge.Fleet.Tests.Rollouts;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary><c>asff-fleet profile</c> as a process, against Mosquitto and agents that run the code of real ones.</summary>
[Trait("Category", "System")]
public sealed class ProfileSetCommandTests : IAsyncLifetime
{
    private static readonly Topics Topics = FleetMessages.Topics;

    private readonly TemporaryFolder _home = new();
    private readonly Mosquitto _broker = new();
    private readonly List<PlayedAgent> _agents = [];
    private Observer _observer = null!;

    public async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        _observer = await Observer.ConnectAsync(_broker.Port);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (PlayedAgent agent in _agents)
        {
            await agent.DisposeAsync();
        }

        _observer.Dispose();
        await _broker.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Switches_a_group_in_waves_and_keeps_what_a_camera_had_of_its_own()
    {
        await StartAsync("gate-07", "gate-08", "gate-09", "gate-10");
        FleetProgram.Outcome first = await SetAsync(
            "max",
            "--agent",
            "gate-08",
            "--camera",
            "camera-2"
        );
        Assert.Equal((0, ""), (first.ExitCode, first.Errors));

        FleetProgram.Outcome outcome = await SetAsync(
            "fast",
            "--group",
            "gates",
            "--wave",
            "1,50%,100%",
            "--yes"
        );

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Equal("profile fast: 4 agents in 3 waves: 1, 1, 2", outcome.Lines[0]);
        Assert.Contains("wave 3 of 3: 2 agents", outcome.Lines);
        Assert.Contains("profile fast: 4 done", outcome.Lines);
        Assert.Equal("done", outcome.Lines[^1]);
        ReportedDocument reported = await ReportedAsync(
            "gate-08",
            report => report.Cameras["camera-1"].Profile == "fast"
        );
        Assert.Equal("max", reported.Cameras["camera-2"].Profile);
    }

    [Fact]
    public async Task A_device_that_cannot_stops_it_and_everybody_goes_back()
    {
        await StartAsync("gate-07", "gate-09", "gate-10");
        _agents.Add(
            await PlayedAgent.StartAsync("gate-08", _broker.Port, AgentFault.NoMemory, "gates")
        );
        await SeenAsync("gate-08");
        await _observer.PublishAgentAsync("yard-01", AgentState.Offline, groups: "gates");
        Assert.Equal(0, (await SetAsync("balanced", "--agent", "gate-07")).ExitCode);

        FleetProgram.Outcome outcome = await SetAsync(
            "max",
            "--all",
            "--wave",
            "2,100%",
            "--undo",
            "--yes",
            "--json"
        );

        Assert.Equal(1, outcome.ExitCode);
        JsonElement report = JsonDocument.Parse(Assert.Single(outcome.Lines)).RootElement;
        Assert.Equal("undone", report.GetProperty("end").GetString());
        JsonElement[] agents = [.. report.GetProperty("agents").EnumerateArray()];
        Assert.Equal(
            [
                "gate-08 1 rejected out_of_memory done",
                "gate-09 2 not_told - -",
                "gate-10 2 not_told - -",
                "yard-01 2 not_told - -",
            ],
            agents[1..].Select(Describe)
        );
        Assert.Equal("done", Text(agents[0].GetProperty("undo"), "outcome"));
        Assert.Contains("size 800 cannot be run here", outcome.Errors, StringComparison.Ordinal);
        DesiredDocument restored = await DesiredAsync("gate-07");
        Assert.Equal("balanced", restored.Profile);
        Assert.Equal("inherit", (await DesiredAsync("gate-08")).Profile);
        ReportedDocument reported = await ReportedAsync(
            "gate-07",
            last => last.RevApplied == restored.Rev && last.State == ReportedState.Applied
        );
        Assert.Equal("balanced", reported.Cameras["camera-1"].Profile);
        Assert.DoesNotContain(
            _observer.Seen,
            message => message.Topic == Topics.Desired("gate-09")
        );
    }

    [Fact]
    public async Task A_device_that_gets_too_slow_goes_back_by_itself_and_is_named()
    {
        await StartAsync("gate-07");
        _agents.Add(
            await PlayedAgent.StartAsync("gate-08", _broker.Port, AgentFault.TooSlow, "gates")
        );
        await SeenAsync("gate-08");

        FleetProgram.Outcome outcome = await RunAsync(
            "profile",
            "set",
            "fast",
            "--group",
            "gates",
            "--min-fps",
            "4",
            "--settle",
            "1",
            "--max-failures",
            "1",
            "--yes"
        );

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("profile fast: 1 done, 1 rolled back", outcome.Lines);
        Assert.Contains(
            outcome.Lines,
            line => line.StartsWith("gate-08: rolled back: too_slow: ", StringComparison.Ordinal)
        );
        await ReportedAsync("gate-07", RunsFast);
        ReportedDocument reported = await ReportedAsync(
            "gate-08",
            last => last.State == ReportedState.RolledBack
        );
        Assert.Equal("balanced", reported.Cameras["camera-1"].Profile);
    }

    [Fact]
    public async Task An_agent_with_a_document_of_its_own_does_not_follow_its_group_until_it_gives_it_up()
    {
        await StartAsync("gate-07", "gate-08");
        await SetAsync("max", "--agent", "gate-08");

        FleetProgram.Outcome group = await SetAsync("fast", "--group", "gates", "--yes");
        FleetProgram.Outcome inherit = await SetAsync("inherit", "--agent", "gate-08");

        Assert.Equal((1, 0), (group.ExitCode, inherit.ExitCode));
        Assert.Contains("profile fast: 1 done, 1 overridden", group.Lines);
        Assert.Contains(
            "gate-08 has a document of its own",
            group.Errors,
            StringComparison.Ordinal
        );
        await ReportedAsync(
            "gate-08",
            reported => reported.Source == "group:gates" && RunsFast(reported)
        );
    }

    [Fact]
    public async Task Who_is_offline_catches_up_later_and_who_is_silent_is_named()
    {
        await StartAsync("gate-07");
        await _observer.PublishAgentAsync("gate-08", AgentState.Offline, groups: "gates");
        await _observer.PublishAgentAsync("gate-09", groups: "gates");

        FleetProgram.Outcome outcome = await SetAsync(
            "fast",
            "--all",
            "--yes",
            "--timeout",
            "2",
            "--json"
        );

        Assert.Equal(1, outcome.ExitCode);
        JsonElement report = JsonDocument.Parse(Assert.Single(outcome.Lines)).RootElement;
        Assert.Equal(
            ["gate-07 1 done - -", "gate-09 1 no_answer - -", "gate-08 1 offline - -"],
            report.GetProperty("agents").EnumerateArray().Select(Describe)
        );

        await StartAsync("gate-08");
        await ReportedAsync("gate-08", RunsFast);
    }

    [Fact]
    public async Task A_broker_that_starts_again_in_the_middle_and_has_forgotten_all_is_told_again()
    {
        await StartAsync("gate-07");
        PlayedAgent away = await PlayedAgent.StartAsync(
            "gate-08",
            _broker.Port,
            AgentFault.None,
            "gates"
        );
        await SeenAsync("gate-08");
        await away.DisposeAsync();
        await _observer.PublishAsync(
            Topics.Status("gate-08"),
            FleetMessages.Status(),
            MessageJson.Wire.StatusMessage
        ); // so that it is waited for

        Task<FleetProgram.Outcome> running = SetAsync("fast", "--all", "--yes");
        await DesiredAsync("gate-08");
        await ReportedAsync("gate-07", RunsFast);
        await _broker.StopAsync();
        await _broker.StartAsync();
        using Observer after = await Observer.ConnectAsync(_broker.Port);
        await after.WaitForAsync(
            Topics.Desired("gate-08"),
            MessageJson.Wire.DesiredDocument,
            document => document.Profile == "fast"
        );
        _agents.Add(
            await PlayedAgent.StartAsync("gate-08", _broker.Port, AgentFault.None, "gates")
        );

        FleetProgram.Outcome outcome = await running;
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("profile fast: 2 done", outcome.Lines);
        Assert.Contains("connected again", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_it_says_what_is_open_and_the_history_knows()
    {
        await _observer.PublishAgentAsync("gate-07", groups: "gates");
        await _observer.PublishAgentAsync("gate-08", groups: "gates");
        using Process tool = FleetProgram.Start(
            _home.Path,
            Arguments("profile", "set", "fast", "--all", "--wave", "1,100%", "--yes")
        );
        await DesiredAsync("gate-07");

        await InterruptAsync(tool);
        await tool.WaitForExitAsync(TestContext.Current.CancellationToken);
        string output = await tool.StandardOutput.ReadToEndAsync(
            TestContext.Current.CancellationToken
        );

        Assert.Equal(1, tool.ExitCode);
        Assert.Contains("profile fast: 1 not told, 1 waiting\n", output, StringComparison.Ordinal);
        Assert.Contains("interrupted; agents that were told", output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _observer.Seen,
            message => message.Topic == Topics.Desired("gate-08")
        );
        FleetProgram.Outcome history = await RunAsync("profile", "history", "--json");
        JsonElement entry = JsonDocument.Parse(Assert.Single(history.Lines)).RootElement;
        Assert.Equal("interrupted", entry.GetProperty("outcome").GetString());
        Assert.Equal(1, entry.GetProperty("counts").GetProperty("waiting").GetInt32());
    }

    [Fact]
    public async Task The_history_says_who_set_what_and_where_it_holds()
    {
        await StartAsync("gate-07", "gate-08");
        await SetAsync("fast", "--all", "--yes", "--by", "ops@hq");
        await SetAsync("max", "--agent", "gate-07", "--by", "night@hq");
        await _observer.PublishAsync(
            Topics.GroupDesired("yards"),
            new DesiredDocument
            {
                Rev = 9_000_000_000,
                Profile = "max",
                By = "cron@hub",
            },
            MessageJson.Wire.DesiredDocument
        );

        FleetProgram.Outcome all = await RunAsync("profile", "history", "--json");
        FleetProgram.Outcome one = await RunAsync("profile", "history", "--agent", "gate-08");

        Assert.Equal(
            ["ops@hq fast done 1", "night@hq max done 1", "cron@hub max - 0"],
            all.Lines.Select(line =>
            {
                JsonElement entry = JsonDocument.Parse(line).RootElement;
                return $"{entry.GetProperty("by")} {entry.GetProperty("profile")} {Text(entry, "outcome")} {entry.GetProperty("in_force")}";
            })
        );
        Assert.Equal(0, one.ExitCode);
        Assert.Contains("ops@hq", one.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("night@hq", one.Output, StringComparison.Ordinal);
        Assert.All(one.Lines, line => Assert.InRange(line.TrimEnd().Length, 0, 100));
    }

    [Fact]
    public async Task A_dry_run_shows_the_documents_and_sends_nothing()
    {
        await StartAsync("gate-07", "gate-08");

        FleetProgram.Outcome text = await SetAsync("fast", "--group", "gates", "--dry-run");
        FleetProgram.Outcome json = await SetAsync(
            "fast",
            "--all",
            "--wave",
            "1",
            "--dry-run",
            "--json"
        );

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Equal("profile fast: 2 agents by the document of gates", text.Lines[0]);
        JsonElement waves = JsonDocument
            .Parse(Assert.Single(json.Lines))
            .RootElement.GetProperty("waves");
        JsonElement planned = waves[1].GetProperty("documents")[0];
        Assert.Equal(Topics.Desired("gate-08"), planned.GetProperty("topic").GetString());
        Assert.Equal("fast", planned.GetProperty("document").GetProperty("profile").GetString());
        Assert.DoesNotContain(
            _observer.Seen,
            message => message.Topic.EndsWith("/desired", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("fast", "whom to tell is missing")]
    [InlineData("fast --all", "more than one agent is changed only after a question")]
    [InlineData(
        "fsat --all --yes",
        "'fsat' is a profile of none of these agents; did you mean 'fast'?"
    )]
    [InlineData(
        "fast --agent gate-17 --yes",
        "--agent is 'gate-17', which is no agent; did you mean 'gate-07'?"
    )]
    public async Task Wrong_usage_sends_nothing_and_ends_with_2(string arguments, string message)
    {
        await _observer.PublishAgentAsync("gate-07");
        await _observer.PublishAgentAsync("gate-08");

        FleetProgram.Outcome outcome = await SetAsync(arguments.Split(' '));

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _observer.Seen,
            seen => seen.Topic.EndsWith("/desired", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Help_teaches_by_example()
    {
        FleetProgram.Outcome outcome = await FleetProgram.RunAsync(
            _home.Path,
            "profile",
            "set",
            "--help"
        );

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(
            "  asff-fleet profile set fast --all --wave 5%,25%,100% --max-failures 3 --undo --yes",
            outcome.Lines
        );
    }

    private static async Task InterruptAsync(Process tool)
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{tool.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static string Describe(JsonElement agent) =>
        $"{agent.GetProperty("agent")} {agent.GetProperty("wave")} {agent.GetProperty("outcome")} {Text(agent, "code")} "
        + (agent.TryGetProperty("undo", out JsonElement undo) ? Text(undo, "outcome") : "-");

    private static bool RunsFast(ReportedDocument reported) =>
        reported.Cameras.Values.All(camera => camera.Profile == "fast");

    private static string Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement value) ? value.ToString() : "-";

    private async Task StartAsync(params string[] agents)
    {
        foreach (string agent in agents)
        {
            _agents.Add(
                await PlayedAgent.StartAsync(agent, _broker.Port, AgentFault.None, "gates")
            );
            await SeenAsync(agent);
        }
    }

    private Task<InfoMessage> SeenAsync(string agent) =>
        ReportedAsync(agent, _ => true)
            .ContinueWith(
                _ =>
                    _observer.WaitForAsync(
                        Topics.Info(agent),
                        MessageJson.Wire.InfoMessage,
                        _ => true
                    ),
                TaskScheduler.Default
            )
            .Unwrap();

    private Task<ReportedDocument> ReportedAsync(
        string agent,
        Func<ReportedDocument, bool> isWanted
    ) =>
        _observer.WaitForAsync(Topics.Reported(agent), MessageJson.Wire.ReportedDocument, isWanted);

    private async Task<DesiredDocument> DesiredAsync(string agent)
    {
        await _observer.WaitForAsync(
            Topics.Desired(agent),
            MessageJson.Wire.DesiredDocument,
            _ => true
        );
        return JsonSerializer.Deserialize(
            Observer.Text(_observer.Seen.Last(message => message.Topic == Topics.Desired(agent))),
            MessageJson.Wire.DesiredDocument
        )!;
    }

    private string[] Arguments(params string[] arguments) =>
        [.. arguments, "--broker", $"127.0.0.1:{_broker.Port}"];

    private Task<FleetProgram.Outcome> SetAsync(params string[] arguments) =>
        RunAsync(["profile", "set", .. arguments, "--settle", "0"]);

    private Task<FleetProgram.Outcome> RunAsync(params string[] arguments) =>
        FleetProgram.RunAsync(_home.Path, Arguments(arguments));
}
