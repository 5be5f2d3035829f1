using AsffEdge.Control.Commands;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>Carries out <c>model.reload</c>: done when the first frame has been inferred with the model.</summary>
/// <param name="models">Does it.</param>
/// <param name="frames">Tells of the first frame.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelReloadHandler(
    ModelSwitch models,
    FirstFrameWatch frames,
    TimeProvider time
) : ICommandHandler
{
    private readonly SharedWork<string> _work = new();

    /// <inheritdoc/>
    public string Name => CommandName.ModelReload;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
        CommandReader.ReadModelReload(payload);

    /// <inheritdoc/>
    public async Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        await exchange.AcceptAsync(ct).ConfigureAwait(false);
        return _work.Join(Name, () => ReloadAsync(ct));
    }

    private async Task<string?> ReloadAsync(CancellationToken ct)
    {
        try
        {
            (long change, string? note) = await models.ReloadAsync(ct).ConfigureAwait(false);
            return note ?? await frames.WaitAsync(change, "in use", time, ct).ConfigureAwait(false);
        }
        catch (ModelException error)
        {
            throw new DocumentRejectedException(ResultCode.BadModel, error.Message);
        }
    }
}
