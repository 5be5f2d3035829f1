using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Agent.Commands;

/// <summary>
/// Switches between a model and a copy of it under another version, as a fleet's manager does: staged, checked and then put to use. The staging is not
/// measured; opening, checking and warming are.
/// </summary>
internal sealed class ModelSwitchBenchmark : SwitchBenchmark
{
    private const int ChunkBytes = ModelStageCommand.DefaultChunkBytes;

    private readonly string _path;
    private readonly int _threads;
    private readonly int _size;
    private readonly ModelManifest _manifest;
    private readonly (byte[] Content, string Sha256)[] _files;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<CommandReply>> _answers = [];
    private bool _isPublished;

    /// <summary>Makes the copy.</summary>
    /// <param name="arguments">What is run.</param>
    /// <param name="size">Network input size in pixels.</param>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="FormatException">The model does not take the size; the message names those it takes.</exception>
    public ModelSwitchBenchmark(SwitchArguments arguments, int size)
        : base(arguments, warmUp: 2)
    {
        (_path, _threads, _size) = (Path.GetFullPath(arguments.Model), arguments.Threads, size);
        _manifest = ModelContent.Read(_path).Manifest;
        if (!_manifest.Input.Allows(size))
        {
            throw new FormatException(
                $"size {size}: this model takes {_manifest.Input.DescribeSizes()}"
            );
        }

        using FileStream source = File.OpenRead(_path);
        using MemoryStream copy = new();
        ModelSeal.Write(
            source,
            copy,
            new Dictionary<string, string>
            {
                [ModelManifest.MetadataKey] = (_manifest with { Version = Other }).ToJson(),
            }
        );
        _files = [Named(File.ReadAllBytes(_path)), Named(copy.ToArray())];
    }

    /// <inheritdoc/>
    protected override (string First, string Second) Between =>
        ($"{_manifest.Name} {_manifest.Version}", Other);

    private string Other => $"{_manifest.Version}-copy";

    /// <inheritdoc/>
    protected override AgentConfiguration Configure(AgentConfiguration common) =>
        common with
        {
            Model = new ModelOptions { Path = _path, Threads = _threads },
            Profile = "benchmark",
            Profiles = new Dictionary<string, ProfileOptions>
            {
                ["benchmark"] = new() { Size = _size },
            },
        };

    /// <inheritdoc/>
    protected override async Task PrepareAsync(
        IMqttClient client,
        long number,
        CancellationToken ct
    )
    {
        (byte[] content, string sha256) = FileOf(number);
        if (!_isPublished)
        {
            // The other one the agent has already, and keeps as the one before.
            _isPublished = true;
            client.ApplicationMessageReceivedAsync += arrival =>
            {
                Take(arrival.ApplicationMessage);
                return Task.CompletedTask;
            };
            foreach ((int index, byte[] chunk) in content.Chunk(ChunkBytes).Index())
            {
                await client
                    .PublishAsync(
                        new MqttApplicationMessage
                        {
                            Topic = new Topics(Topics.DefaultRoot).ModelChunk(
                                sha256,
                                index.ToString(CultureInfo.InvariantCulture)
                            ),
                            PayloadSegment = chunk,
                            Retain = true,
                            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                        },
                        ct
                    )
                    .ConfigureAwait(false);
            }
        }
        else
        {
            // The first frame comes before the answer, and a newer order would end what is not answered yet.
            await AnswerAsync(Activation(number - 1), ct).ConfigureAwait(false);
        }

        string staging = $"stage-{number}";
        await SendAsync(
                client,
                CommandName.ModelStage,
                $$"""{"v":1,"sha256":"{{sha256}}","size":{{content.Length}},"chunk_bytes":{{ChunkBytes}},"correlation_id":"{{staging}}"}""",
                ct
            )
            .ConfigureAwait(false);
        await AnswerAsync(staging, ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override (string Command, string Json) Order(long number) =>
        (
            CommandName.ModelActivate,
            $$"""{"v":1,"sha256":"{{FileOf(number).Sha256}}","shadow_s":0,"settle_s":0,"correlation_id":"{{Activation(number)}}"}"""
        );

    /// <inheritdoc/>
    protected override bool IsAfter(FrameResult result, long number) =>
        result.Model.Sha256 == FileOf(number).Sha256;

    private static string Activation(long number) => $"activate-{number}";

    private void Take(MqttApplicationMessage message)
    {
        CommandReply? reply = JsonSerializer.Deserialize(
            message.Payload.FirstSpan,
            MessageJson.Wire.CommandReply
        );
        if (reply is { CorrelationId: { } correlation, State: not ReplyState.Accepted })
        {
            Waiting(correlation).TrySetResult(reply);
        }
    }

    private async Task AnswerAsync(string correlation, CancellationToken ct)
    {
        CommandReply reply = await Waiting(correlation)
            .Task.WaitAsync(Longest, ct)
            .ConfigureAwait(false);
        _answers.TryRemove(correlation, out _);
        if (!reply.Ok)
        {
            throw new TimeoutException($"{correlation}: {reply.Detail}");
        }
    }

    private TaskCompletionSource<CommandReply> Waiting(string correlation) =>
        _answers.GetOrAdd(
            correlation,
            _ => new TaskCompletionSource<CommandReply>(
                TaskCreationOptions.RunContinuationsAsynchronously
            )
        );

    private (byte[] Content, string Sha256) FileOf(long number) => _files[number % 2];

    private static (byte[] Content, string Sha256) Named(byte[] content) =>
        (content, Convert.ToHexStringLower(SHA256.HashData(content)));
}
