using System.Text.Json.Nodes;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>
/// A place as an integrator has it: RTSP cameras, a broker, the agent as a process, and an outside subscriber. Each test
/// has its own, on ports and in folders of its own.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    /// <summary>Generous: a busy machine warms a model up in seconds.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan DeliveryTime = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder;

    private readonly Camera[] _cameras;

    private readonly string[] _settings;

    private Site(
        TemporaryFolder folder,
        Mosquitto broker,
        Camera[] cameras,
        string[] settings,
        MqttRecorder subscriber
    )
    {
        _folder = folder;
        Broker = broker;
        _cameras = cameras;
        _settings = settings;
        Subscriber = subscriber;
    }

    public const string AgentId = "gate-07";

    public Mosquitto Broker { get; }

    public MqttRecorder Subscriber { get; }

    public ChildProcess Agent { get; private set; } = null!;

    /// <summary>Starts everything, and waits for the first detections of every camera (each an id and an mp4 file).</summary>
    public static Task<Site> StartAsync(params (string Id, string File)[] cameras) =>
        StartAsync(cameras, broken: []);

    /// <summary>The same beside cameras, each an id and an address, of which no detections are expected.</summary>
    /// <param name="cameras">The cameras.</param>
    /// <param name="broken">The cameras of which nothing is expected.</param>
    /// <param name="profile">The agent's profile.</param>
    /// <param name="settings">Further settings, as <c>--set</c> takes them.</param>
    public static async Task<Site> StartAsync(
        (string Id, string File)[] cameras,
        (string Id, string Source)[] broken,
        string profile = "balanced",
        params string[] settings
    )
    {
        TemporaryFolder folder = new();
        Mosquitto broker = new();
        await broker.StartAsync();
        Camera[] servers = [.. cameras.Select(camera => new Camera(camera.Id, camera.File))];
        MqttRecorder subscriber = await MqttRecorder.ConnectAsync(broker.Port);
        Site site = new(folder, broker, servers, [$"profile={profile}", .. settings], subscriber);
        try
        {
            await site.StartAgentAsync(broken, servers);
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
        return site;
    }

    /// <summary>Stops the agent as a service manager does, and starts it with some of the cameras.</summary>
    public async Task RestartAgentAsync(params string[] cameras)
    {
        Agent.Terminate();
        await Agent.WaitForExitAsync(StartTimeout);
        await Agent.DisposeAsync();
        await StartAgentAsync([], [.. _cameras.Where(camera => cameras.Contains(camera.Id))]);
    }

    /// <summary>Ends the agent at once, as a power cut does, and starts it anew.</summary>
    public async Task KillAndRestartAgentAsync()
    {
        Agent.KillAlone();
        await Agent.DisposeAsync();
        await StartAgentAsync([], _cameras);
    }

    /// <summary>The folder the agent may write to.</summary>
    public string StateFolder => Path.Combine(_folder.Path, "state");

    /// <summary>What tells the agent's program its configuration.</summary>
    public IEnumerable<string> ConfigurationOptions =>
        [
            "--config",
            ConfigurationFile,
            .. _settings.SelectMany(setting => new[] { "--set", setting }),
        ];

    /// <summary>The camera of that id.</summary>
    public Camera Camera(string id) => _cameras.Single(camera => camera.Id == id);

    /// <summary>A topic of the agent.</summary>
    public static string AgentTopic(string leaf) => $"asff-edge/v1/agents/{AgentId}/{leaf}";

    /// <summary>The topic of a camera's detections.</summary>
    public static string Detections(string camera) => CameraTopic(camera, "detections");

    /// <summary>A topic of a camera.</summary>
    public static string CameraTopic(string camera, string leaf) =>
        AgentTopic($"cameras/{camera}/{leaf}");

    /// <summary>Waits for a message; when none comes, the failure holds the agent's log.</summary>
    public Task<Received> WaitAsync(
        string topic,
        Func<JsonNode, bool> condition,
        TimeSpan timeout,
        int since = 0
    ) => WithAgentLogAsync(Subscriber.WaitAsync(topic, condition, timeout, since));

    /// <summary>Waits for several messages; when too few come, the failure holds the agent's log.</summary>
    public Task<IReadOnlyList<Received>> WaitAsync(
        string topic,
        int count,
        Func<JsonNode, bool> condition,
        TimeSpan timeout,
        int since = 0
    ) => WithAgentLogAsync(Subscriber.WaitAsync(topic, count, condition, timeout, since));

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await Subscriber.DisposeAsync();
        foreach (Camera camera in _cameras)
        {
            camera.Dispose();
        }
        await Broker.DisposeAsync();
        _folder.Dispose();
    }

    private string ConfigurationFile => Path.Combine(_folder.Path, "agent.yaml");

    private static string Boot(JsonNode frame) => frame["boot"]!.GetValue<string>();

    private async Task StartAgentAsync((string Id, string Source)[] broken, Camera[] cameras)
    {
        // The last messages of the agent before may still be on their way.
        HashSet<string> boots =
        [
            .. cameras.SelectMany(camera =>
                Subscriber.Messages(Detections(camera.Id)).Select(frame => Boot(frame.Json))
            ),
        ];
        int since = Subscriber.Count;
        File.WriteAllText(
            ConfigurationFile,
            Configuration.Yaml(
                Broker.Port,
                TestPaths.Model,
                StateFolder,
                [.. broken, .. cameras.Select(camera => (camera.Id, camera.Address))]
            )
        );
        Agent = ChildProcess.Start(TestPaths.AgentProgram, ["run", .. ConfigurationOptions]);
        foreach (Camera camera in cameras)
        {
            await WaitAsync(
                Detections(camera.Id),
                frame => !boots.Contains(Boot(frame)),
                StartTimeout,
                since
            );
        }
    }

    private async Task<T> WithAgentLogAsync<T>(Task<T> wait)
    {
        try
        {
            // Once the agent has ended, what it sent last may still be on its way, but no more will come.
            if (await Task.WhenAny(wait, Agent.Exited) == Agent.Exited)
            {
                return await wait.WaitAsync(DeliveryTime, TestContext.Current.CancellationToken);
            }
            return await wait;
        }
        catch (TimeoutException error)
        {
            string state = Agent.HasExited ? "has ended" : "is running";
            throw new TimeoutException(
                $"{error.Message}\nThe agent {state}; its log:\n{Agent.Log}",
                error
            );
        }
    }
}
