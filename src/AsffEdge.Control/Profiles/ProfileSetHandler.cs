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
    private static readonly TimeSpan FirstFrameWithin = TimeSpan.FromSeconds(10);

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
        if (exchange.Group is not null)
        {
            throw new DocumentRejectedException(
                ResultCode.Failed,
                "profiles are set for one agent at a time"
            );
        }

        DesiredDocument document = ((ProfileSetCommand)command).Document;
        Task? inferred = null;
        await controller
            .ApplyAsync(
                document,
                redelivered: false,
                async () =>
                {
                    inferred = frames.Expect(document.Rev);
                    await exchange.AcceptAsync(ct).ConfigureAwait(false);
                }
            )
            .ConfigureAwait(false);
        return WaitForFrameAsync(inferred!, ct);
    }

    /// <inheritdoc/>
    public void OnUnreadable(DocumentRejectedException rejection, string? group) =>
        controller.Reject(rejection);

    private async Task<string?> WaitForFrameAsync(Task inferred, CancellationToken ct)
    {
        try
        {
            await inferred.WaitAsync(FirstFrameWithin, time, ct).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException)
        {
            return $"in force, but no frame has been inferred in {FirstFrameWithin.TotalSeconds} s";
        }
    }
}
