using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>Models that are put to use while a whole agent runs at a Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class ModelReloadTests : IAsyncLifetime
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";
    private const string Detections = $"{Agent}/cameras/dock-1/detections";

    private readonly ColourCells _models = new();
    private readonly Mosquitto _broker = new();
    private readonly FailingInference _failing = new();
    private string _path = "";
    private RunningAgent _agent = null!;
    private Observer _observer = null!;

    public async ValueTask InitializeAsync()
    {
        _path = Path.Combine(_models.Folder, "configured.onnx");
        Configure("1.0.0");
        await _broker.StartAsync();
        _observer = await Observer.ConnectAsync(_broker.Port);
        _agent = new RunningAgent(
            new MqttOptions
            {
                Host = "127.0.0.1",
                Port = _broker.Port,
                HealthIntervalS = 1,
            }
        )
        {
            Sinks = [_failing],
        };
        _agent.Configuration = _agent.Configuration with
        {
            Model = new ModelOptions { Path = _path, Threads = 1 },
            Profile = "balanced",
        };
        _agent.Start();
        _failing.Host = _agent.Host;
        await FrameAsync("1.0.0");
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _observer.Dispose();
        await _broker.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task Another_file_takes_over_between_two_frames_and_every_frame_names_its_model()
    {
        Configure("2.0.0");

        CommandReply done = await ReloadAsync();

        Assert.True(done.Ok, done.Detail);
        Assert.NotNull(done.TookMs);
        await FrameAsync("2.0.0");
        InfoMessage info = await InfoAsync(info => info.Models[0].Version == "2.0.0");
        Assert.Null(info.Models[0].Problem);
        FrameMessage[] frames = [.. Frames()];
        int first = Array.FindIndex(frames, frame => frame.Net.Version == "2.0.0");
        Assert.All(frames[..first], frame => Assert.Equal("1.0.0", frame.Net.Version));
        Assert.All(frames[first..], frame => Assert.Equal(info.Models[0].Sha256, frame.Net.Sha256));
        Assert.Equal(frames[0].Seq + frames.Length - 1, frames[^1].Seq);
        Assert.All(frames, frame => Assert.NotEmpty(frame.Detections));

        // Every frame was inferred, or skipped for a newer one; at most what is under way is missing.
        CameraStatistics camera = _agent.Host.Pipeline.Statistics[0];
        Assert.Equal(0, camera.InferenceFailures);
        Assert.InRange(camera.Decoded - camera.Inferred - camera.Skipped, 0, 4);

        CommandReply again = await ReloadAsync();
        Assert.Contains("what runs already", again.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "does not exist")]
    [InlineData("short", "expected an ONNX file")]
    [InlineData("flipped", "is damaged")]
    [InlineData("labels", "expected those in use")]
    [InlineData("sizes", "profiles.max.size is 800")]
    public async Task A_bad_file_is_refused_and_the_model_goes_on(string kind, string why)
    {
        byte[] good = File.ReadAllBytes(_path);
        switch (kind)
        {
            case "missing":
                File.Delete(_path);
                break;
            case "short":
                File.WriteAllBytes(_path, good[..^10]);
                break;
            case "flipped":
                good[^1000] ^= 1;
                File.WriteAllBytes(_path, good);
                break;
            case "labels":
                Copy(_models.Write(json => json["labels"]![0] = "yellow"));
                break;
            default:
                Copy(_models.Write(json => json["input"]!["max_size"] = 640));
                break;
        }

        CommandReply failed = await ReloadAsync();

        Assert.Equal((ReplyState.Failed, ResultCode.BadModel), (failed.State, failed.Code));
        Assert.Contains(why, failed.Detail, StringComparison.Ordinal);
        Assert.Contains(_path, failed.Detail, StringComparison.Ordinal);
        long before = Frames().Last().Seq;
        await _observer.WaitForAsync(
            Detections,
            MessageJson.Wire.FrameMessage,
            frame => frame.Seq > before + 5
        );
        Assert.All(Frames(), frame => Assert.Equal("1.0.0", frame.Net.Version));
        Assert.Single(Directory.GetFiles(Store, "*.onnx"));
    }

    [Fact]
    public async Task A_model_whose_inferences_fail_is_taken_back_and_not_started_with_again()
    {
        _failing.Version = "2.0.0";
        Configure("2.0.0");

        await ReloadAsync();
        InfoMessage info = await InfoAsync(info => info.Models[0].Problem is not null);

        Assert.Equal("1.0.0", info.Models[0].Version);
        Assert.Contains("taken back", info.Models[0].Problem, StringComparison.Ordinal);
        await HealthAsync(HealthCode.ModelRolledBack);
        long last = Frames().Last(frame => frame.Net.Version == "2.0.0").Seq;
        await _observer.WaitForAsync(
            Detections,
            MessageJson.Wire.FrameMessage,
            frame => frame.Seq > last + 5 && frame.Net.Version == "1.0.0"
        );
        Assert.True(_failing.Failures >= ModelTrial.MostFailures);

        _failing.Version = null;
        await _agent.StopAsync();
        _agent.Start();
        info = await InfoAsync(info =>
            info.Models[0].Problem?.Contains("model.reload", StringComparison.Ordinal) == true
        );
        Assert.Equal("1.0.0", info.Models[0].Version);

        // Whoever asks for it gets it nevertheless.
        Assert.True((await ReloadAsync()).Ok);
        await InfoAsync(info => info.Models[0] is { Version: "2.0.0", Problem: null });
    }

    [Fact]
    public async Task A_provider_that_fails_three_times_is_left_for_the_cpu_at_the_smallest_profile()
    {
        // There is no GPU here: the session of the CPU goes under its name.
        ActiveModel active = _agent.Host.Model;
        active.Set(
            new LoadedModel(active.Current.Detector, "cuda"),
            null,
            HealthCode.ModelFallback,
            null
        );
        Detector detector = active.Current.Detector;

        _failing.Version = "1.0.0";
        InfoMessage info = await InfoAsync(info => info.ProviderProblem is not null);
        _failing.Version = null;

        Assert.NotSame(detector, active.Current.Detector);
        await HealthAsync(HealthCode.ProviderFallback);
        await HealthAsync(HealthCode.InferenceFailing);
        Assert.Equal("cpu", info.Provider);
        Assert.Contains("failed on cuda", info.ProviderProblem, StringComparison.Ordinal);
        ReportedDocument reported = await _observer.WaitForAsync(
            $"{Agent}/reported",
            MessageJson.Wire.ReportedDocument,
            reported => reported.Cameras["dock-1"].Reason is not null
        );
        ReportedCamera camera = reported.Cameras["dock-1"];
        Assert.Equal(("fast", 320, "balanced"), (camera.Profile, camera.Size, camera.Requested));
        Assert.Equal(info.ProviderProblem, camera.Reason);
        long last = Frames().Last().Seq;
        await _observer.WaitForAsync(
            Detections,
            MessageJson.Wire.FrameMessage,
            frame => frame.Seq > last + 5 && frame.Net is { Profile: "fast", Size: 320 }
        );

        // A new document is somebody's will, who can know of it by now.
        await _observer.PublishAsync(
            $"{Agent}/desired",
            """{"v":1,"rev":7,"profile":"accurate"}""",
            retain: true
        );
        await _observer.WaitForAsync(
            Detections,
            MessageJson.Wire.FrameMessage,
            frame => frame.Net is { Rev: 7, Size: 608 }
        );
    }

    private string Store => Path.Combine(_agent.Configuration.StateDirectory, "models");

    private void Configure(string version) => Copy(_models.WriteGolden(version));

    private void Copy(string path) => File.Copy(path, _path, overwrite: true);

    private async Task<CommandReply> ReloadAsync()
    {
        string who = Guid.NewGuid().ToString();
        await _observer.PublishAsync(
            $"{Agent}/commands/model.reload",
            """{"v":1}""",
            responseTopic: $"{Agent}/replies/{who}"
        );
        return await _observer.WaitForAsync(
            $"{Agent}/replies/{who}",
            MessageJson.Wire.CommandReply,
            reply => reply.State != ReplyState.Accepted
        );
    }

    private Task<HealthMessage> HealthAsync(HealthCode code) =>
        _observer.WaitForAsync(
            $"{Agent}/health",
            MessageJson.Wire.HealthMessage,
            health => health.Reasons?.Any(reason => reason.Code == code) == true
        );

    private Task<InfoMessage> InfoAsync(Func<InfoMessage, bool> isWanted) =>
        _observer.WaitForAsync($"{Agent}/info", MessageJson.Wire.InfoMessage, isWanted);

    private Task<FrameMessage> FrameAsync(string version) =>
        _observer.WaitForAsync(
            Detections,
            MessageJson.Wire.FrameMessage,
            frame => frame.Net.Version == version
        );

    private IEnumerable<FrameMessage> Frames() =>
        _observer
            .Seen.Where(message => message.Topic == Detections)
            .Select(message =>
                JsonSerializer.Deserialize(
                    message.Payload.FirstSpan,
                    MessageJson.Wire.FrameMessage
                )!
            );
}
