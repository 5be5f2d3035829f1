using System.Text.Json;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Commands;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Fleet.Tests;

/// <summary>
/// An agent's own connection and command desk, over nothing: it answers <c>ping</c>, takes a moment over <c>camera.restart</c>, and fails at
/// <c>snapshot</c>.
/// </summary>
internal sealed class AnsweringAgent : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly MqttLink _link;
    private readonly Task _serving;

    private AnsweringAgent(MqttLink link, string agent)
    {
        _link = link;
        CommandDesk desk = new(
            agent,
            FleetMessages.Topics,
            [new PingHandler(), new SlowHandler(), new FailingHandler()],
            link.TryPublishAsync,
            TimeProvider.System,
            NullLogger<CommandDesk>.Instance
        );
        _serving = ServeAsync(desk);
    }

    /// <summary>Connects one and waits until it listens.</summary>
    public static async Task<AnsweringAgent> StartAsync(
        string agent,
        int port,
        string protocol = "5",
        params string[] groups
    )
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        RetainedBoard board = new();
        board.Set(
            FleetMessages.Topics.Info(agent),
            JsonSerializer.SerializeToUtf8Bytes(
                FleetMessages.Info(agent, groups),
                MessageJson.Wire.InfoMessage
            )
        );
        MqttLink link = new(
            new LinkOptions(
                agent,
                new BrokerOptions
                {
                    Host = "127.0.0.1",
                    Port = port,
                    Protocol = protocol,
                },
                HealthIntervalS: 15
            )
            {
                Groups = groups,
            },
            FleetMessages.Topics,
            BootId.New(TimeProvider.System),
            board,
            TimeProvider.System,
            NullLogger<MqttLink>.Instance,
            CancellationToken.None
        );
        AnsweringAgent answering = new(link, agent);
        await link.StartAsync(ct);
        await link.WaitConnectedAsync(ct);
        return answering;
    }

    public async ValueTask DisposeAsync()
    {
        await _link.StopAsync(CancellationToken.None);
        await _stop.CancelAsync();
        await _serving;
        _link.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(CommandDesk desk)
    {
        try
        {
            await foreach (InboundMessage message in _link.Inbox.ReadAllAsync(_stop.Token))
            {
                if (
                    FleetMessages.Topics.TryParse(message.Topic, out ParsedTopic topic)
                    && topic.Kind == TopicKind.Command
                )
                {
                    await desk.HandleAsync(topic.Name!, topic.Group, message, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    private sealed class SlowHandler : ICommandHandler
    {
        public string Name => CommandName.CameraRestart;

        public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
            CommandReader.ReadCameraRestart(payload);

        public async Task<Task<string?>> BeginAsync(
            CommandDocument command,
            CommandExchange exchange,
            CancellationToken ct
        )
        {
            await exchange.AcceptAsync(ct);
            return FinishAsync(ct);
        }

        private static async Task<string?> FinishAsync(CancellationToken ct)
        {
            await Task.Delay(50, ct);
            return "restarted, but it shows nothing yet";
        }
    }

    private sealed class FailingHandler : ICommandHandler
    {
        public string Name => CommandName.Snapshot;

        public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
            CommandReader.ReadSnapshot(payload);

        public Task<Task<string?>> BeginAsync(
            CommandDocument command,
            CommandExchange exchange,
            CancellationToken ct
        ) => throw new DocumentRejectedException(ResultCode.Failed, "the lens is\e[31m covered");
    }
}
