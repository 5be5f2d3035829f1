using AsffEdge.Control.Commands;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>Carries out <c>model.stage</c>: done when the file is here, checked and kept.</summary>
/// <param name="rollout">Does it.</param>
internal sealed class ModelStageHandler(ModelRollout rollout) : ICommandHandler
{
    /// <inheritdoc/>
    public string Name => CommandName.ModelStage;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
        CommandReader.ReadModelStage(payload);

    /// <inheritdoc/>
    public async Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        ModelStageCommand stage = (ModelStageCommand)command;
        rollout.Check(stage);
        await exchange.AcceptAsync(ct).ConfigureAwait(false);
        return rollout.Stage(stage, ct);
    }
}
