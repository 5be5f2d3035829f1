using System.Globalization;
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

/// <summary>A whole agent at a Mosquitto, and who hands it models and sees what it tells of them.</summary>
internal sealed class RolloutFixture : IAsyncDisposable
{
    private const string Topic = $"asff-edge/v1/agents/{RunningAgent.Id}";
    private const string Detections = $"{Topic}/cameras/dock-1/detections";
    private const int ChunkBytes = 1024;

    private readonly TemporaryFolder _keys = new();
    private readonly Mosquitto _broker = new();
    private Observer _observer = null!;

    public RunningAgent Agent { get; private set; } = null!;

    public ColourCells Models { get; } = new();

    public FailingInference Failing { get; } = new();

    public string StagingFolder => Path.Combine(Store, "incoming");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<RolloutFixture> CreateAsync()
    {
        RolloutFixture fixture = new();
        await fixture._broker.StartAsync();
        fixture._observer = await Observer.ConnectAsync(fixture._broker.Port);
        fixture.Agent = new RunningAgent(
            new MqttOptions
            {
                Host = "127.0.0.1",
                Port = fixture._broker.Port,
                HealthIntervalS = 1,
            }
        )
        {
            Sinks = [fixture.Failing],
        };
        fixture.Agent.Configuration = fixture.Agent.Configuration with { Profile = "balanced" };
        fixture.Configure(_ => new ModelOptions
        {
            Path = fixture.Models.WriteGolden("1.0.0"),
            Threads = 1,
        });
        return fixture;
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        _observer.Dispose();
        await _broker.DisposeAsync();
        Models.Dispose();
        _keys.Dispose();
    }

    /// <summary>Changes what is configured of the model for the next start.</summary>
    public void Configure(Func<ModelOptions, ModelOptions> change) =>
        Agent.Configuration = Agent.Configuration with
        {
            Model = change(Agent.Configuration.Model),
        };

    /// <summary>Has only models taken that are signed with one of these keys.</summary>
    public void Trust(params string[] keys) =>
        Configure(model =>
            model with
            {
                SigningKeys = [.. keys.Select(key => Path.ChangeExtension(key, "pub"))],
            }
        );

    /// <summary>Waits for a message on a topic of the agent.</summary>
    public Task<T> WaitForAsync<T>(
        string leaf,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type,
        Func<T, bool> isWanted
    ) => _observer.WaitForAsync($"{Topic}/{leaf}", type, isWanted);

    public string Store => Path.Combine(Agent.Configuration.StateDirectory, "models");

    public async Task StartAsync()
    {
        Agent.Start();
        Failing.Host = Agent.Host;
        await FrameAsync("1.0.0");
    }

    public static string Hash(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    public static string Note(CommandReply reply)
    {
        Assert.True(reply.Ok, reply.Detail);
        return reply.Detail!;
    }

    public string WriteKey(string name)
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

    public static string Sign(byte[] file, string key) => ModelSigning.Sign(Hash(file), key);

    public async Task PublishAsync(byte[] file, string? claimed = null)
    {
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(LocalClient.At(_broker.Port).Build(), Ct);

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

    public Task<CommandReply> StageAsync(
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

    public Task<CommandReply> ActivateAsync(
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

    public async Task<CommandReply> SendAsync(string command, JsonObject body)
    {
        string who = Guid.NewGuid().ToString();
        body["v"] = 1;
        await _observer.PublishAsync(
            $"{Topic}/commands/{command}",
            body.ToJsonString(),
            responseTopic: $"{Topic}/replies/{who}"
        );
        return await _observer.WaitForAsync(
            $"{Topic}/replies/{who}",
            MessageJson.Wire.CommandReply,
            reply => reply.State != ReplyState.Accepted
        );
    }

    public Task<ModelsMessage> ReportAsync(ModelChangeState? state) =>
        _observer.WaitForAsync(
            $"{Topic}/models",
            MessageJson.Wire.ModelsMessage,
            models => state is null || models.Change?.State == state
        );

    public Task<InfoMessage> InfoAsync(Func<InfoMessage, bool> isWanted) =>
        _observer.WaitForAsync($"{Topic}/info", MessageJson.Wire.InfoMessage, isWanted);

    public async Task FrameAsync(string version, int after = 0)
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

    public IEnumerable<FrameMessage> Frames() =>
        _observer
            .Seen.Where(message => message.Topic == Detections)
            .Select(message =>
                JsonSerializer.Deserialize(
                    message.Payload.FirstSpan,
                    MessageJson.Wire.FrameMessage
                )!
            );
}
