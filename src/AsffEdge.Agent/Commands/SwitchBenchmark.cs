using System.Diagnostics;
using System.Text;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Demo;
using AsffEdge.Agent.Hosting;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.CommandLine;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Agent.Commands;

/// <summary>
/// Switches a whole agent back and forth between two input sizes by commands over a broker, one after the other, and measures the time from
/// sending a command to the first frame inferred at its size, the frames in between, and what memory grows to.
/// </summary>
/// <param name="model">The ONNX file.</param>
/// <param name="video">The file that the camera plays.</param>
/// <param name="realTime">Whether it plays at its own rate; otherwise a frame always waits.</param>
/// <param name="threads">Threads of one inference; 0: one a core.</param>
/// <param name="sizes">The two sizes in pixels.</param>
/// <param name="count">How many switches are measured.</param>
internal sealed class SwitchBenchmark(
    string model,
    string video,
    bool realTime,
    int threads,
    (int First, int Second) sizes,
    int count
) : IFrameResultSink
{
    /// <summary>Switches before the first that is measured: everything has then been allocated that ever will be.</summary>
    private const int FirstCycle = 10;

    private const string AgentId = "benchmark";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(200);

    private readonly double[] _latencies = new double[count];
    private volatile TaskCompletionSource<long> _first = new();
    private long _awaited = long.MaxValue;
    private long _frames;
    private long _skipped;

    /// <inheritdoc />
    public void OnFrame(FrameResult result)
    {
        _frames++;
        _skipped += result.Skipped;
        if (result.Revision >= Volatile.Read(ref _awaited))
        {
            _awaited = long.MaxValue;
            _first.TrySetResult(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Measures.</summary>
    /// <param name="progress">Told how many switches are done.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="Detection.ModelException">The model cannot be used.</exception>
    /// <exception cref="Control.Settings.ConfigurationException">The model does not take a size.</exception>
    /// <exception cref="TimeoutException">A switch was not followed by a frame at its size.</exception>
    public async Task<SwitchReport> RunAsync(Action<int> progress, CancellationToken ct)
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("asff-edge-benchmark-");
        try
        {
            DemoBroker broker = await DemoBroker.StartAsync().ConfigureAwait(false);
            await using (broker.ConfigureAwait(false))
            {
                AgentHost host = AgentHost.Build(
                    Configuration(broker.Port, state.FullName),
                    new AgentHostOptions
                    {
                        FrameSinks = [this],
                        Logging = logging =>
                            logging.AddProvider(new DemoLogger(Console.Error.WriteLine)),
                    }
                );
                await using (host.ConfigureAwait(false))
                {
                    return await RunAsync(host, broker.Port, progress, ct).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private async Task<SwitchReport> RunAsync(
        AgentHost host,
        int port,
        Action<int> progress,
        CancellationToken ct
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<int> running = host.RunAsync(stop.Token);
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        await client
            .ConnectAsync(
                new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).Build(),
                ct
            )
            .ConfigureAwait(false);
        await WaitForAgentAsync(client, ct).ConfigureAwait(false);
        double before = 0;
        for (int i = -FirstCycle; i < count; i++)
        {
            if (i == 0)
            {
                before = ResidentMegabytes();
            }

            double latency = await SwitchAsync(client, running, i + FirstCycle + 1, ct)
                .ConfigureAwait(false);
            if (i >= 0)
            {
                _latencies[i] = latency;
                progress(i + 1);
            }
        }

        double after = ResidentMegabytes();
        await stop.CancelAsync().ConfigureAwait(false);
        int exitCode = await running.ConfigureAwait(false);
        if (exitCode != ExitCodes.Done)
        {
            throw new TimeoutException("the agent failed; its log says why");
        }

        // Frames that wait in a slot or are being decoded when the agent stops are neither inferred nor replaced.
        CameraStatistics camera = host.Pipeline.Statistics[0];
        Array.Sort(_latencies);
        return new SwitchReport(
            sizes.First,
            sizes.Second,
            count,
            _latencies[count / 2],
            _latencies[(int)Math.Ceiling(0.95 * count) - 1],
            _latencies[^1],
            _frames,
            camera.InferenceFailures + (camera.Inferred - _frames),
            _skipped,
            before,
            after,
            after / before
        );
    }

    private async Task<double> SwitchAsync(
        IMqttClient client,
        Task running,
        long revision,
        CancellationToken ct
    )
    {
        _first = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _awaited, revision);
        string profile = Name(revision % 2 == 0 ? sizes.First : sizes.Second);
        long start = Stopwatch.GetTimestamp();
        await SendAsync(
                client,
                CommandName.ProfileSet,
                $$"""{"v":1,"rev":{{revision}},"profile":"{{profile}}"}""",
                ct
            )
            .ConfigureAwait(false);
        Task ended = await Task.WhenAny(_first.Task, running, Task.Delay(Longest, ct))
            .ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
        return ended == _first.Task
            ? Stopwatch
                .GetElapsedTime(start, await _first.Task.ConfigureAwait(false))
                .TotalMilliseconds
            : throw new TimeoutException(
                $"switch {revision}: no frame at the new size within {Longest.TotalSeconds} s"
            );
    }

    /// <summary>Asks until the agent answers: what is sent before it has subscribed is lost.</summary>
    private static async Task WaitForAgentAsync(IMqttClient client, CancellationToken ct)
    {
        TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += _ =>
        {
            answered.TrySetResult();
            return Task.CompletedTask;
        };
        await client
            .SubscribeAsync(
                new Topics(Topics.DefaultRoot).Reply(AgentId, "default"),
                cancellationToken: ct
            )
            .ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        while (!answered.Task.IsCompleted)
        {
            if (Stopwatch.GetElapsedTime(start) > Longest)
            {
                throw new TimeoutException(
                    $"the agent does not answer within {Longest.TotalSeconds} s"
                );
            }

            await SendAsync(client, CommandName.Ping, """{"v":1}""", ct).ConfigureAwait(false);
            await Task.WhenAny(answered.Task, Task.Delay(AskEvery, ct)).ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
        }
    }

    private static Task<MqttClientPublishResult> SendAsync(
        IMqttClient client,
        string command,
        string json,
        CancellationToken ct
    ) =>
        client.PublishAsync(
            new MqttApplicationMessage
            {
                Topic = new Topics(Topics.DefaultRoot).Command(AgentId, command),
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                PayloadSegment = Encoding.UTF8.GetBytes(json),
            },
            ct
        );

    private AgentConfiguration Configuration(int port, string state) =>
        new()
        {
            Agent = new AgentOptions { Id = AgentId },
            StateDirectory = state,
            Model = new ModelOptions { Path = Path.GetFullPath(model), Threads = threads },
            Profile = Name(sizes.First),
            Profiles = new Dictionary<string, ProfileOptions>
            {
                [Name(sizes.First)] = new() { Size = sizes.First },
                [Name(sizes.Second)] = new() { Size = sizes.Second },
            },
            Cameras =
            [
                new CameraOptions
                {
                    Id = "camera",
                    Source = Path.GetFullPath(video),
                    Loop = true,
                    RealTime = realTime,
                },
            ],
            Mqtt = new MqttOptions { Host = "127.0.0.1", Port = port },
        };

    private static string Name(int size) => $"size-{size}";

    private static double ResidentMegabytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet / 1e6;
    }
}
