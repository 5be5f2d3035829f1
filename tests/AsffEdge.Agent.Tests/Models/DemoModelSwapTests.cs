using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>The demo model over the clip, replaced by itself under other versions while it runs. Prints how long that takes.</summary>
[Trait("Category", "Slow")]
public sealed class DemoModelSwapTests : IAsyncDisposable
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";
    private const string Detections = $"{Agent}/cameras/clip/detections";
    private const int Swaps = 10;

    private readonly TemporaryFolder _folder = new();
    private readonly Mosquitto _broker = new();
    private RunningAgent? _agent;

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Ten_swaps_lose_no_frame()
    {
        string clip = Path.Combine(Repository.Root, ".data", "vtest.avi");
        Assert.SkipUnless(File.Exists(clip), "the clip is not there; 'make run' fetches it");
        string path = Path.Combine(_folder.Path, "model.onnx");
        Write(path, 0);
        await _broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(_broker.Port);
        _agent = new RunningAgent(
            new MqttOptions
            {
                Host = "127.0.0.1",
                Port = _broker.Port,
                HealthIntervalS = 1,
            }
        );
        _agent.Configuration = _agent.Configuration with
        {
            Model = new ModelOptions { Path = path },
            Profile = "balanced",
            Cameras = [new CameraOptions { Id = "clip", Source = clip }],
        };
        _agent.Start();
        await FrameAsync(observer, 0);
        for (int swap = 1; swap <= Swaps; swap++)
        {
            Write(path, swap);
            await observer.PublishAsync(
                $"{Agent}/commands/model.reload",
                """{"v":1}""",
                responseTopic: $"{Agent}/replies/{swap}"
            );
            CommandReply done = await observer.WaitForAsync(
                $"{Agent}/replies/{swap}",
                MessageJson.Wire.CommandReply,
                reply => reply.State != ReplyState.Accepted
            );
            Assert.True(done.Ok, done.Detail);
            await FrameAsync(observer, swap);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"swap {swap}: {done.TookMs} ms from the command to the first frame of the new model"
            );
        }

        FrameMessage[] frames =
        [
            .. observer
                .Seen.Where(message => message.Topic == Detections)
                .Select(message =>
                    JsonSerializer.Deserialize(
                        message.Payload.FirstSpan,
                        MessageJson.Wire.FrameMessage
                    )!
                ),
        ];
        double[] gaps =
        [
            .. frames
                .Zip(frames.Skip(1))
                .Where(pair => pair.First.Net.Version != pair.Second.Net.Version)
                .Select(pair => (pair.Second.Ts - pair.First.Ts).TotalMilliseconds),
        ];
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"between the last frame of a model and the first of the next: {gaps.Min():F0} to {gaps.Max():F0} ms; a frame of the clip lasts 143 ms"
            )
        );
        Assert.Equal(Swaps, gaps.Length);
        CameraStatistics camera = _agent.Host.Pipeline.Statistics[0];
        Assert.Equal(0, camera.InferenceFailures);
        Assert.InRange(camera.Decoded - camera.Inferred - camera.Skipped, 0, 4);
    }

    private static Task<FrameMessage> FrameAsync(Observer observer, int version) =>
        observer.WaitForAsync(
            Detections,
            MessageJson.Wire.FrameMessage,
            frame => frame.Net.Version == $"1.0.{version}"
        );

    private static void Write(string path, int version)
    {
        string demo = Path.Combine(Repository.Root, "models", "pedestrian.onnx");
        JsonNode manifest = JsonNode.Parse(ModelContent.Read(demo).Manifest.ToJson())!;
        manifest["version"] = $"1.0.{version}";
        File.Copy(demo, path, overwrite: true);
        ColourCells.Reseal(path, new() { [ModelManifest.MetadataKey] = manifest.ToJsonString() });
    }
}
