using AsffEdge.Control.Commands;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>Carries out <c>model.activate</c>: done when the first frame has been inferred with the model.</summary>
/// <param name="rollout">Does it.</param>
internal sealed class ModelActivateHandler(ModelRollout rollout) : ICommandHandler
{
    /// <inheritdoc/>
    public string Name => CommandName.ModelActivate;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
        CommandReader.ReadModelActivate(payload);

    /// <inheritdoc/>
    public async Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        ModelActivateCommand activate = (ModelActivateCommand)command;
        rollout.Check(activate);
        await exchange.AcceptAsync(ct).ConfigureAwait(false);
        return rollout.Activate(activate, ct);
    }
}
