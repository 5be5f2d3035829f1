using AsffEdge.Control.Commands;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>Carries out <c>profile.set</c>: a desired document whose sender learns when the first frame has been inferred with it.</summary>
public sealed class ProfileSetHandler(
    ProfileController controller,
    FirstFrameWatch frames,
    TimeProvider time
) : ICommandHandler
{
    /// <inheritdoc/>
    public string Name => CommandName.ProfileSet;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
        CommandReader.ReadProfileSet(payload);

    /// <inheritdoc/>
    public async Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        Task<CarriedOut> carriedOut = controller.Submit(
            new SourcedDocument(SourceOf(exchange.Group), ((ProfileSetCommand)command).Document),
            mayBeRepeated: false
        );
        await exchange.AcceptAsync(ct).ConfigureAwait(false);
        return WaitForFrameAsync(carriedOut, ct);
    }

    /// <inheritdoc/>
    public void OnUnreadable(DocumentRejectedException rejection, string? group) =>
        controller.Reject(SourceOf(group), rejection);

    private static string SourceOf(string? group) =>
        group is null ? DocumentSource.Agent : DocumentSource.Group(group);

    private async Task<string?> WaitForFrameAsync(Task<CarriedOut> carriedOut, CancellationToken ct)
    {
        CarriedOut result = await carriedOut.WaitAsync(ct).ConfigureAwait(false);
        return result.Change is { } change
            ? await frames.WaitAsync(change, "in force", time, ct).ConfigureAwait(false)
            : result.Note;
    }
}
