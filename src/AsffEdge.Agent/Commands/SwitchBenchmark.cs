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
/// Switches a whole agent back and forth between two things by commands over a broker, one after the other, and measures the time from sending a
/// command to the first frame inferred with the other thing, the frames in between, and what memory grows to.
/// </summary>
/// <param name="arguments">What is run.</param>
/// <param name="warmUp">Switches before the first that is measured: everything has then been allocated that ever will be.</param>
internal abstract class SwitchBenchmark(SwitchArguments arguments, int warmUp) : IFrameResultSink
{
    /// <summary>The agent's id.</summary>
    protected const string AgentId = "benchmark";

    /// <summary>Longest time that anything may take.</summary>
    protected static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(200);

    private readonly double[] _latencies = new double[arguments.Count];
    private volatile TaskCompletionSource<long> _first = new();
    private long _awaited = long.MaxValue;
    private long _frames;
    private long _skipped;

    /// <summary>What is run.</summary>
    protected SwitchArguments Arguments { get; } = arguments;

    /// <summary>The two things, in words.</summary>
    protected abstract (string First, string Second) Between { get; }

    /// <summary>The agent's configuration.</summary>
    /// <param name="common">What is not about the things that are switched.</param>
    protected abstract AgentConfiguration Configure(AgentConfiguration common);

    /// <summary>Does before a switch what is not measured.</summary>
    protected abstract Task PrepareAsync(IMqttClient client, long number, CancellationToken ct);

    /// <summary>The command that switches.</summary>
    protected abstract (string Command, string Json) Order(long number);

    /// <summary>Whether a frame is one after the switch. Inference thread only.</summary>
    protected abstract bool IsAfter(FrameResult result, long number);

    /// <inheritdoc />
    public void OnFrame(FrameResult result)
    {
        _frames++;
        _skipped += result.Skipped;
        long awaited = Volatile.Read(ref _awaited);
        if (awaited != long.MaxValue && IsAfter(result, awaited))
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
    public async Task<IBenchmarkReport> RunAsync(Action<int> progress, CancellationToken ct)
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
        for (int i = -warmUp; i < Arguments.Count; i++)
        {
            if (i == 0)
            {
                before = ResidentMegabytes();
            }

            double latency = await SwitchAsync(client, running, i + warmUp + 1, ct)
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
            Between.First,
            Between.Second,
            Arguments.Count,
            _latencies[Arguments.Count / 2],
            _latencies[(int)Math.Ceiling(0.95 * Arguments.Count) - 1],
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
        long number,
        CancellationToken ct
    )
    {
        await PrepareAsync(client, number, ct).ConfigureAwait(false);
        _first = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _awaited, number);
        (string command, string json) = Order(number);
        long start = Stopwatch.GetTimestamp();
        await SendAsync(client, command, json, ct).ConfigureAwait(false);
        Task ended = await Task.WhenAny(_first.Task, running, Task.Delay(Longest, ct))
            .ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
        return ended == _first.Task
            ? Stopwatch
                .GetElapsedTime(start, await _first.Task.ConfigureAwait(false))
                .TotalMilliseconds
            : throw new TimeoutException(
                $"switch {number}: no frame after it within {Longest.TotalSeconds} s"
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

    /// <summary>Sends the agent a command.</summary>
    protected static Task<MqttClientPublishResult> SendAsync(
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
        Configure(
            new AgentConfiguration
            {
                Agent = new AgentOptions { Id = AgentId },
                StateDirectory = state,
                Model = new ModelOptions { Path = "" },
                Profile = "",
                Cameras =
                [
                    new CameraOptions
                    {
                        Id = "camera",
                        Source = Path.GetFullPath(Arguments.Video),
                        Loop = true,
                        RealTime = Arguments.RealTime,
                    },
                ],
                Mqtt = new MqttOptions { Host = "127.0.0.1", Port = port },
            }
        );

    private static double ResidentMegabytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet / 1e6;
    }
}
