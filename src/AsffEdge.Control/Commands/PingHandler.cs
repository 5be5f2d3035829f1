using AsffEdge.Messaging;

namespace AsffEdge.Control.Commands;

/// <summary>Answers <c>ping</c>.</summary>
public sealed class PingHandler : ICommandHandler
{
    /// <inheritdoc/>
    public string Name => CommandName.Ping;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) => CommandReader.ReadPing(payload);

    /// <inheritdoc/>
    public Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    ) => Task.FromResult(Task.FromResult<string?>(null));
}
