using AsffEdge.Control.Commands;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>Carries out <c>model.rollback</c>: done when the first frame has been inferred with the model before.</summary>
/// <param name="rollout">Does it.</param>
internal sealed class ModelRollbackHandler(ModelRollout rollout) : ICommandHandler
{
    /// <inheritdoc/>
    public string Name => CommandName.ModelRollback;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
        CommandReader.ReadModelRollback(payload);

    /// <inheritdoc/>
    public async Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        await exchange.AcceptAsync(ct).ConfigureAwait(false);
        return rollout.RollBack(ct);
    }
}
