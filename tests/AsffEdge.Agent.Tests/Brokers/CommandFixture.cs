using System.Buffers;
using System.Text;
using System.Text.Json;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Commands;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MQTTnet;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>A command desk with one handler, and what it answers. The test owns the clock.</summary>
internal sealed class CommandFixture : IDisposable
{
    private readonly Queue<MqttApplicationMessage> _answers = [];
    private readonly SemaphoreSlim _answered = new(0);

    public FakeTimeProvider Time { get; } = new(new(2026, 11, 23, 5, 0, 0, TimeSpan.Zero));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Sends <paramref name="json"/> to <paramref name="handler"/>.</summary>
    public Task SendAsync(ICommandHandler handler, string json, string? group = null)
    {
        CommandDesk desk = new(
            "gate-07",
            new Topics(Topics.DefaultRoot),
            [handler],
            (answer, _) =>
            {
                lock (_answers)
                {
                    _answers.Enqueue(answer);
                }

                _answered.Release();
                return ValueTask.FromResult(true);
            },
            Time,
            NullLogger<CommandDesk>.Instance
        );
        InboundMessage message = new(
            $"asff-edge/v1/agents/gate-07/commands/{handler.Name}",
            Encoding.UTF8.GetBytes(json),
            Retained: false,
            ResponseTopic: null,
            CorrelationData: null,
            Time.GetTimestamp(),
            Lifetime: null
        );
        return desk.HandleAsync(handler.Name, group, message, Ct);
    }

    /// <summary>The next answer.</summary>
    public async Task<CommandReply> NextAsync()
    {
        Assert.True(await _answered.WaitAsync(TimeSpan.FromSeconds(20), Ct), "no answer came");
        lock (_answers)
        {
            return JsonSerializer.Deserialize(
                _answers.Dequeue().Payload.ToArray(),
                MessageJson.Wire.CommandReply
            )!;
        }
    }

    /// <summary>The next answer, which must say that the command has failed.</summary>
    public async Task<(ResultCode Code, string Detail)> FailureAsync()
    {
        CommandReply reply = await NextAsync();
        Assert.Equal(ReplyState.Failed, reply.State);
        return (reply.Code, reply.Detail!);
    }

    public void Dispose() => _answered.Dispose();
}
