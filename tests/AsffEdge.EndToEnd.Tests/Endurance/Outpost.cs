using System.Text.Json.Nodes;
using AsffEdge.Agent.Tests;
using AsffEdge.Detection.Tests;
using AsffEdge.EndToEnd.Tests.Fixtures;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>An agent whose camera sees an object come and go three times a second, with a state directory of the test's choice and a broker of its own.</summary>
internal sealed class Outpost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestVideo _video = new();
    private readonly ColourCells _model = new();

    /// <param name="state">The state directory.</param>
    public Outpost(string state)
    {
        State = state;
        string yaml = Configuration.Yaml(
            Broker.Port,
            _model.Write(),
            state,
            [("dock-1", BlinkingClip.Write(_video, "clip.avi"))]
        );
        File.WriteAllText(
            ConfigurationFile,
            $"{yaml}\ntracking: {{ confirm_after: 1, max_lost_s: 0.1, update_every_s: 0 }}\n".Replace(
                "health_interval_s: 5",
                "health_interval_s: 1",
                StringComparison.Ordinal
            )
        );
    }

    public string State { get; }

    public string ConfigurationFile => _video.PathOf("agent.yaml");

    public Mosquitto Broker { get; } = new() { Listener = "set_tcp_nodelay true\n" };

    /// <summary>The agent as it was started last.</summary>
    public ChildProcess Agent { get; private set; } = null!;

    /// <summary>Starts the agent.</summary>
    /// <param name="settings">Settings of the command line, <c>key=value</c>.</param>
    public void Start(params IEnumerable<string> settings) =>
        Agent = ChildProcess.Start(
            TestPaths.AgentProgram,
            [
                "run",
                "--config",
                ConfigurationFile,
                .. settings.SelectMany(setting => new[] { "--set", setting }),
            ]
        );

    /// <summary>Starts the agent by a program that becomes it.</summary>
    public void StartThrough(string program, params IEnumerable<string> arguments) =>
        Agent = ChildProcess.Start(
            program,
            [.. arguments, TestPaths.AgentProgram, "run", "--config", ConfigurationFile]
        );

    /// <summary>Waits for a health message.</summary>
    public Task<JsonNode> HealthAsync(MqttRecorder broker, Func<JsonNode, bool> isWanted) =>
        NextAsync(broker, "health", isWanted);

    /// <summary>Waits for a message that comes from now on.</summary>
    public async Task<JsonNode> NextAsync(
        MqttRecorder broker,
        string leaf,
        Func<JsonNode, bool> isWanted
    )
    {
        try
        {
            return (
                await broker.WaitAsync(Site.AgentTopic(leaf), isWanted, Patience, broker.Count)
            ).Json;
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"{error.Message}\nThe agent's log:\n{Agent.Log}", error);
        }
    }

    /// <summary>Waits until detections and events come, from now on.</summary>
    public async Task GoesOnAsync(MqttRecorder broker)
    {
        await NextAsync(broker, "cameras/dock-1/detections", _ => true);
        await NextAsync(broker, "cameras/dock-1/events", _ => true);
    }

    /// <summary>Fails the test where an event is missing between the first and the last of a process.</summary>
    public static void CheckEvents(MqttRecorder broker)
    {
        foreach (
            IGrouping<string, long> boot in broker
                .Messages(Site.CameraTopic("dock-1", "events"))
                .Select(message => message.Json)
                .GroupBy(
                    happened => happened["boot"]!.GetValue<string>(),
                    happened => happened["event_seq"]!.GetValue<long>()
                )
        )
        {
            long[] numbers = [.. boot.Distinct().Order()];
            Assert.Equal(Enumerable.Range(1, numbers.Length).Select(seq => (long)seq), numbers);
        }
    }

    /// <summary>Ends the agent as a service manager does.</summary>
    public async Task StopAsync()
    {
        Agent.Terminate();
        Assert.Equal(0, await Agent.WaitForExitAsync(TimeSpan.FromSeconds(10)));
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await Broker.DisposeAsync();
        _model.Dispose();
        _video.Dispose();
    }
}
