using System.Diagnostics;
using System.Runtime.Versioning;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Detection.Tests;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Hosting;

/// <summary><c>asff-edge run</c> as systemd and the shell see it.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class RunCommandTests
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";

    [Fact]
    public async Task Systemd_hears_ready_after_the_first_inference_then_the_watchdog_then_stopping()
    {
        await using Mosquitto broker = await StartBrokerAsync();
        using ServiceManager systemd = new();
        using AgentProcess agent = new(broker.Port, [], systemd.Path);

        List<string> heard = [await systemd.NextAsync()];
        while (heard.Count(message => message == "WATCHDOG=1") < 5)
        {
            heard.Add(await systemd.NextAsync());
        }

        Stopwatch stopping = Stopwatch.StartNew();
        agent.Terminate();
        while (heard[^1] == "WATCHDOG=1")
        {
            heard.Add(await systemd.NextAsync());
        }

        Assert.Equal(0, await agent.WaitAsync());
        Assert.InRange(stopping.Elapsed.TotalSeconds, 0, 10);
        Assert.Equal(
            ["READY=1", "WATCHDOG=1", "STOPPING=1"],
            heard.Order(Comparer<string>.Create(Order)).Distinct()
        );
        Assert.Single(heard, "READY=1");

        static int Order(string a, string b) => Rank(a).CompareTo(Rank(b));
        static int Rank(string message) =>
            message.StartsWith('R') ? 0
            : message.StartsWith('W') ? 1
            : 2;
    }

    [Fact]
    public async Task After_sigterm_the_broker_hears_stopping_and_offline()
    {
        await using Mosquitto broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        using AgentProcess agent = new(broker.Port, []);
        await StatusAsync(observer, AgentState.Online);

        agent.Terminate();

        Assert.Equal(0, await agent.WaitAsync());
        await StatusAsync(observer, AgentState.Stopping);
        await StatusAsync(observer, AgentState.Offline);
    }

    [Fact]
    public async Task After_a_crash_the_broker_says_offline_in_its_place_ten_seconds_later()
    {
        await using Mosquitto broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        using AgentProcess agent = new(broker.Port, []);
        StatusMessage online = await StatusAsync(observer, AgentState.Online);

        agent.Kill();
        Stopwatch waiting = Stopwatch.StartNew();
        StatusMessage offline = await StatusAsync(observer, AgentState.Offline);

        Assert.Equal(online.Boot, offline.Boot);
        Assert.InRange(waiting.Elapsed.TotalSeconds, 5, 15);
    }

    [Fact]
    public async Task A_wrong_configuration_ends_with_2_and_names_every_problem()
    {
        using AgentProcess agent = new(1, ["mqtt.hots=x", "profile=fats"]);

        Assert.Equal(2, await agent.WaitAsync());
        Assert.Contains(
            "--set mqtt.hots: mqtt.hots is unknown; did you mean 'host'?",
            agent.Errors,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--set profile: profile is 'fats'; did you mean 'fast'?",
            agent.Errors,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("   at ", agent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_none_ends_with_1_and_is_named()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("broken.onnx", "this is no model");
        using AgentProcess agent = new(1, [$"model.path={path}"]);

        Assert.Equal(1, await agent.WaitAsync());
        Assert.Contains(path, agent.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", agent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_every_source_has_ended_it_ends_with_0_and_the_last_frame_is_published()
    {
        await using Mosquitto broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        using AgentProcess agent = new(broker.Port, ["cameras.0.loop=false"]);

        Assert.Equal(0, await agent.WaitAsync());
        await observer.WaitForAsync(
            $"{Agent}/cameras/dock-1/detections",
            MessageJson.Wire.FrameMessage,
            frame => frame.Seq > 1
        );
        await StatusAsync(observer, AgentState.Offline);
    }

    [Theory]
    [InlineData(false, "colour-cells")]
    [InlineData(true, "colour-cells-retina")]
    public async Task The_model_that_the_configuration_names_finds_the_objects_whatever_its_kind(
        bool isRetina,
        string name
    )
    {
        using ColourCells models = new();
        string model = isRetina ? models.WriteRetina() : models.Write();
        await using Mosquitto broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        using AgentProcess agent = new(broker.Port, [$"model.path={model}"]);

        FrameMessage frame = await observer.WaitForAsync(
            $"{Agent}/cameras/dock-1/detections",
            MessageJson.Wire.FrameMessage,
            frame => frame.Detections.Count > 0
        );

        Assert.Equal(name, frame.Net.Model);
        Assert.All(frame.Detections, found => Assert.Equal("red or green", found.Class));
        agent.Terminate();
        Assert.Equal(0, await agent.WaitAsync());
    }

    private static Task<StatusMessage> StatusAsync(Observer observer, AgentState state) =>
        observer.WaitForAsync(
            $"{Agent}/status",
            MessageJson.Wire.StatusMessage,
            status => status.State == state
        );

    private static async Task<Mosquitto> StartBrokerAsync()
    {
        Mosquitto broker = new();
        await broker.StartAsync();
        return broker;
    }
}
