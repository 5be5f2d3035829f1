using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Control.Models;
using AsffEdge.Detection.Tests;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using MQTTnet;
using MQTTnet.Protocol;
using NSec.Cryptography;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>Models that a fleet's manager hands to a whole agent at a Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class ModelRolloutTests : IAsyncLifetime
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";
    private const string Detections = $"{Agent}/cameras/dock-1/detections";
    private const int ChunkBytes = 1024;

    private readonly ColourCells _models = new();
    private readonly TemporaryFolder _keys = new();
    private readonly Mosquitto _broker = new();
    private readonly FailingInference _failing = new();
    private RunningAgent _agent = null!;
    private Observer _observer = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
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
            Model = new ModelOptions { Path = _models.WriteGolden("1.0.0"), Threads = 1 },
            Profile = "balanced",
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _observer.Dispose();
        await _broker.DisposeAsync();
        _models.Dispose();
        _keys.Dispose();
    }

    [Fact]
    public async Task A_model_from_the_broker_is_staged_put_to_use_kept_over_a_restart_and_taken_back()
    {
        await StartAsync();
        byte[] file = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        await PublishAsync(file);

        CommandReply staged = await StageAsync(file);
        Assert.True(staged.Ok, staged.Detail);
        ModelsMessage models = await ReportAsync(ModelChangeState.Staged);
        Assert.Equal(("1.0.0", "2.0.0"), (models.Current.Version, models.Change!.Version));
        Assert.Null(models.Previous);
        Assert.Contains("here already", Note(await StageAsync(file)));

        CommandReply done = await ActivateAsync(file);
        Assert.True(done.Ok, done.Detail);
        Assert.NotNull(done.TookMs);
        await FrameAsync("2.0.0");
        models = await ReportAsync(ModelChangeState.Settled);
        Assert.Equal(("2.0.0", "1.0.0"), (models.Current.Version, models.Previous!.Version));
        Assert.Equal(ModelChangeState.Settled, Assert.Single(models.History!).State);
        Assert.Contains("what runs already", Note(await ActivateAsync(file)));

        // The configured file is what it was, so the fleet's word is the last one.
        await _agent.StopAsync();
        int stopped = Frames().Count();
        _agent.Start();
        await FrameAsync("2.0.0", stopped);
        Assert.Equal("2.0.0", Frames().ElementAt(stopped).Net.Version);
        InfoMessage info = await InfoAsync(info => info.Models[0].Version == "2.0.0");
        Assert.Null(info.Models[0].Problem);

        Assert.True((await SendAsync("model.rollback", new JsonObject())).Ok);
        await FrameAsync("1.0.0", after: Frames().Count());
        models = await ReportAsync(ModelChangeState.RolledBack);
        Assert.Equal(("1.0.0", null), (models.Current.Version, models.Previous));
        Assert.Equal(ResultCode.Ok, models.Change!.Code);
        Assert.Contains(
            "in use again already",
            Note(await SendAsync("model.rollback", new JsonObject()))
        );
    }

    [Fact]
    public async Task A_download_that_stops_goes_on_where_it_ended()
    {
        await StartAsync();
        byte[] file = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        using FileServer server = new(file, cuts: 0..2);

        CommandReply staged = await StageAsync(file, url: server.Url);

        Assert.True(staged.Ok, staged.Detail);
        long[] asked = [.. server.Asked];
        Assert.Equal(3, asked.Length);
        Assert.Equal(0, asked[0]);
        Assert.True(0 < asked[1] && asked[1] < asked[2] && asked[2] < file.Length);
        Assert.Empty(Directory.GetFiles(Path.Combine(Store, "incoming")));
    }

    [Fact]
    public async Task What_came_before_a_restart_is_not_fetched_again()
    {
        byte[] file = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        string incoming = Path.Combine(Store, "incoming");
        Directory.CreateDirectory(incoming);
        File.WriteAllBytes(Path.Combine(incoming, $"{Hash(file)}.part"), file[..5000]);
        await StartAsync();
        using FileServer server = new(file);

        Assert.True((await StageAsync(file, url: server.Url)).Ok);

        Assert.Equal([5000], server.Asked);
    }

    /// <summary>A power cut may leave anything in the part that was being written; the whole file's hash finds it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(int.MaxValue)]
    public async Task A_torn_beginning_is_fetched_anew(int length)
    {
        byte[] file = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        byte[] torn = file[..Math.Min(length, file.Length)];
        torn[^1] ^= 0xff;
        string incoming = Path.Combine(Store, "incoming");
        Directory.CreateDirectory(incoming);
        File.WriteAllBytes(Path.Combine(incoming, $"{Hash(file)}.part"), torn);
        await StartAsync();
        using FileServer server = new(file);

        CommandReply staged = await StageAsync(file, url: server.Url);

        Assert.True(staged.Ok, staged.Detail);
        Assert.Equal(0, server.Asked.Last());
    }

    [Theory]
    [InlineData("damaged", ResultCode.BadModel, "has the SHA-256")]
    [InlineData("labels", ResultCode.BadModel, "expected those in use")]
    [InlineData("version", ResultCode.BadModel, "expected another version")]
    [InlineData("no model", ResultCode.BadModel, "expected an ONNX file")]
    [InlineData("short", ResultCode.NotFetched, "part")]
    [InlineData("404", ResultCode.NotFetched, "404")]
    [InlineData("size", ResultCode.NotFetched, "bytes")]
    [InlineData("unsigned", ResultCode.BadSignature, "is not signed")]
    [InlineData("foreign", ResultCode.BadSignature, "by a key that is trusted")]
    public async Task What_is_no_good_is_refused_and_the_model_goes_on(
        string kind,
        ResultCode code,
        string why
    )
    {
        byte[] file = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        string? signature = null;
        switch (kind)
        {
            case "labels":
                file = File.ReadAllBytes(
                    _models.Write(json =>
                    {
                        json["version"] = "2.0.0";
                        json["labels"]![0] = "yellow";
                    })
                );
                break;
            case "version":
                file = File.ReadAllBytes(_models.Write()); // 1.0.0 too, without the golden picture
                break;
            case "no model":
                file = new byte[3000];
                break;
            case "unsigned":
            case "foreign":
                WriteKey("trusted");
                signature = kind == "foreign" ? Sign(file, WriteKey("foreign")) : null;
                _agent.Configuration = _agent.Configuration with
                {
                    Model = _agent.Configuration.Model with
                    {
                        SigningKeys = [Path.Combine(_keys.Path, "trusted.pub")],
                    },
                };
                break;
        }

        await StartAsync();
        using FileServer server = new(file)
        {
            Refusal = kind == "404" ? HttpStatusCode.NotFound : null,
        };
        byte[] sent = [.. file];
        if (kind == "damaged")
        {
            sent[^100] ^= 1;
        }

        await PublishAsync(kind == "short" ? sent[..^10] : sent, Hash(file));

        CommandReply failed = await StageAsync(
            file,
            url: kind is "404" or "size" ? server.Url : null,
            signature,
            size: kind == "size" ? file.Length - 1 : file.Length
        );

        Assert.Equal((ReplyState.Failed, code), (failed.State, failed.Code));
        Assert.Contains(why, failed.Detail, StringComparison.Ordinal);
        Assert.Equal(ResultCode.UnknownModel, (await ActivateAsync(file)).Code);
        Assert.Single(Directory.GetFiles(Store, "*.onnx"));
        int before = Frames().Count();
        await FrameAsync("1.0.0", before);
        if (code == ResultCode.BadSignature)
        {
            Assert.Null((await ReportAsync(null)).Change); // nothing was begun
        }
        else
        {
            ModelsMessage models = await ReportAsync(ModelChangeState.Failed);
            Assert.Equal(code, models.Change!.Code);
        }
    }

    [Fact]
    public async Task A_model_signed_with_a_trusted_key_is_taken()
    {
        string key = WriteKey("trusted");
        _agent.Configuration = _agent.Configuration with
        {
            Model = _agent.Configuration.Model with
            {
                SigningKeys = [Path.Combine(_keys.Path, "trusted.pub")],
            },
        };
        await StartAsync();
        byte[] file = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        await PublishAsync(file);

        CommandReply staged = await StageAsync(file, signature: Sign(file, key));
        Assert.True(staged.Ok, staged.Detail);
        Assert.True((await ActivateAsync(file)).Ok);
    }

    [Fact]
    public async Task A_newer_order_takes_the_place_of_one_that_waits_for_its_file()
    {
        await StartAsync();
        byte[] never = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        byte[] file = File.ReadAllBytes(_models.WriteGolden("3.0.0"));
        await PublishAsync(file);

        Task<CommandReply> waiting = StageAsync(never);
        await ReportAsync(ModelChangeState.Staging);
        CommandReply staged = await StageAsync(file);

        Assert.True(staged.Ok, staged.Detail);
        Assert.Equal(ResultCode.Superseded, (await waiting).Code);
        Assert.Equal(Hash(file), (await ReportAsync(ModelChangeState.Staged)).Change!.Sha256);
    }

    [Fact]
    public async Task In_the_shadow_a_model_that_agrees_passes_and_is_used()
    {
        await StartAsync();
        byte[] file = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        await PublishAsync(file);
        await StageAsync(file);

        CommandReply done = await ActivateAsync(file, shadowS: 3, minAgreement: 0.9);

        Assert.True(done.Ok, done.Detail);
        ModelsMessage models = await ReportAsync(ModelChangeState.Settled);
        ModelShadow shadow = models.Change!.Shadow!;
        Assert.True(shadow.Frames >= 3, $"{shadow.Frames} frames were seen");
        Assert.Equal(1, shadow.Agreement);
        Assert.Equal(shadow.Objects, shadow.CurrentObjects);
        Assert.NotNull(shadow.InferenceMsP50);
    }

    [Fact]
    public async Task In_the_shadow_a_model_that_sees_other_things_fails_and_is_not_used()
    {
        await StartAsync();

        // To it red is blue.
        byte[] file = File.ReadAllBytes(
            _models.Write(json =>
            {
                json["version"] = "2.0.0";
                json["input"]!["color"] = "bgr";
            })
        );
        await PublishAsync(file);
        Assert.True((await StageAsync(file)).Ok);

        CommandReply failed = await ActivateAsync(file, shadowS: 3, minAgreement: 0.5);

        Assert.Equal(ResultCode.BadShadow, failed.Code);
        Assert.Contains("agree on 0 ", failed.Detail, StringComparison.Ordinal);
        ModelsMessage models = await ReportAsync(ModelChangeState.Failed);
        Assert.Equal(("1.0.0", 0), (models.Current.Version, models.Change!.Shadow!.Agreement));
        Assert.All(Frames(), frame => Assert.Equal("1.0.0", frame.Net.Version));
    }

    [Fact]
    public async Task A_model_that_finds_nothing_any_more_is_taken_back()
    {
        await StartAsync();
        byte[] file = File.ReadAllBytes(
            _models.Write(json =>
            {
                json["version"] = "2.0.0";
                json["input"]!["std"] = new JsonArray(1e6, 1e6, 1e6); // everything is black to it
            })
        );
        await PublishAsync(file);
        await StageAsync(file);
        await _observer.WaitForAsync(
            Detections,
            MessageJson.Wire.FrameMessage,
            frame => frame.Seq > 100
        );

        Assert.True((await ActivateAsync(file, settleS: 8)).Ok);

        ModelsMessage models = await ReportAsync(ModelChangeState.RolledBack);
        Assert.Equal(("1.0.0", ResultCode.Failed), (models.Current.Version, models.Change!.Code));
        Assert.Contains("it found 0 objects", models.Change.Detail, StringComparison.Ordinal);
        await InfoAsync(info =>
            info.Models[0].Version == "1.0.0"
            && info.Models[0].Problem?.Contains("taken back", StringComparison.Ordinal) == true
        );
    }

    [Fact]
    public async Task A_model_whose_inferences_fail_is_taken_back()
    {
        await StartAsync();
        byte[] file = File.ReadAllBytes(_models.WriteGolden("2.0.0"));
        await PublishAsync(file);
        await StageAsync(file);
        _failing.Version = "2.0.0";

        await ActivateAsync(file, settleS: 60);

        ModelsMessage models = await ReportAsync(ModelChangeState.RolledBack);
        Assert.Equal("1.0.0", models.Current.Version);
        await FrameAsync("1.0.0", Frames().Count());
    }

    private string Store => Path.Combine(_agent.Configuration.StateDirectory, "models");

    private async Task StartAsync()
    {
        _agent.Start();
        _failing.Host = _agent.Host;
        await FrameAsync("1.0.0");
    }

    private static string Hash(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    private static string Note(CommandReply reply)
    {
        Assert.True(reply.Ok, reply.Detail);
        return reply.Detail!;
    }

    private string WriteKey(string name)
    {
        using Key key = Key.Create(
            SignatureAlgorithm.Ed25519,
            new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport }
        );
        File.WriteAllBytes(
            Path.Combine(_keys.Path, $"{name}.pub"),
            key.PublicKey.Export(KeyBlobFormat.PkixPublicKeyText)
        );
        string path = Path.Combine(_keys.Path, $"{name}.pem");
        File.WriteAllBytes(path, key.Export(KeyBlobFormat.PkixPrivateKeyText));
        return path;
    }

    private static string Sign(byte[] file, string key) => ModelSigning.Sign(Hash(file), key);

    private async Task PublishAsync(byte[] file, string? claimed = null)
    {
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _broker.Port).Build(),
            Ct
        );

        foreach ((int index, byte[] chunk) in file.Chunk(ChunkBytes).Index())
        {
            await client.PublishAsync(
                new MqttApplicationMessage
                {
                    Topic =
                        $"asff-edge/v1/models/{claimed ?? Hash(file)}/{index.ToString(CultureInfo.InvariantCulture)}",
                    PayloadSegment = chunk,
                    Retain = true,
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                },
                Ct
            );
        }
    }

    private Task<CommandReply> StageAsync(
        byte[] file,
        string? url = null,
        string? signature = null,
        int? size = null
    )
    {
        JsonObject body = new() { ["sha256"] = Hash(file), ["size"] = size ?? file.Length };
        if (url is null)
        {
            body["chunk_bytes"] = ChunkBytes;
        }
        else
        {
            body["url"] = url;
        }

        if (signature is not null)
        {
            body["signature"] = signature;
        }

        return SendAsync("model.stage", body);
    }

    private Task<CommandReply> ActivateAsync(
        byte[] file,
        double shadowS = 0,
        double? minAgreement = null,
        double settleS = 1
    )
    {
        JsonObject body = new()
        {
            ["sha256"] = Hash(file),
            ["shadow_s"] = shadowS,
            ["settle_s"] = settleS,
        };
        if (minAgreement is { } least)
        {
            body["min_agreement"] = least;
        }

        return SendAsync("model.activate", body);
    }

    private async Task<CommandReply> SendAsync(string command, JsonObject body)
    {
        string who = Guid.NewGuid().ToString();
        body["v"] = 1;
        await _observer.PublishAsync(
            $"{Agent}/commands/{command}",
            body.ToJsonString(),
            responseTopic: $"{Agent}/replies/{who}"
        );
        return await _observer.WaitForAsync(
            $"{Agent}/replies/{who}",
            MessageJson.Wire.CommandReply,
            reply => reply.State != ReplyState.Accepted
        );
    }

    private Task<ModelsMessage> ReportAsync(ModelChangeState? state) =>
        _observer.WaitForAsync(
            $"{Agent}/models",
            MessageJson.Wire.ModelsMessage,
            models => state is null || models.Change?.State == state
        );

    private Task<InfoMessage> InfoAsync(Func<InfoMessage, bool> isWanted) =>
        _observer.WaitForAsync($"{Agent}/info", MessageJson.Wire.InfoMessage, isWanted);

    private async Task FrameAsync(string version, int after = 0)
    {
        for (int waited = 0; waited < 3000; waited++)
        {
            if (Frames().Skip(after).Any(frame => frame.Net.Version == version))
            {
                return;
            }

            await Task.Delay(20, Ct);
        }

        Assert.Fail($"no frame of {version} came");
    }

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
