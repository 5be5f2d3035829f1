using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Commands;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Cameras;

/// <summary>Carries out <c>camera.restart</c>: done when the camera has given a frame over a new connection.</summary>
/// <param name="cameras">The cameras.</param>
/// <param name="watch">Tells when they come online.</param>
/// <param name="restart">Drops the connection of a camera, by id, and opens it again.</param>
/// <param name="status">How a camera, by index, is.</param>
/// <param name="time">The clock.</param>
internal sealed class CameraRestartHandler(
    IReadOnlyList<CameraOptions> cameras,
    OnlineWatch watch,
    Action<string> restart,
    Func<int, CameraStatus> status,
    TimeProvider time
) : ICommandHandler
{
    // The first frame of a stream may take 15 s.
    private static readonly TimeSpan OnlineWithin = TimeSpan.FromSeconds(20);

    private readonly SharedWork<int> _work = new();

    /// <inheritdoc/>
    public string Name => CommandName.CameraRestart;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
        CommandReader.ReadCameraRestart(payload);

    /// <inheritdoc/>
    public async Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        int camera = CommandedCamera.Find(cameras, ((CameraRestartCommand)command).Camera);
        await exchange.AcceptAsync(ct).ConfigureAwait(false);
        return _work.Join(camera, () => RestartAsync(camera, ct));
    }

    private async Task<string?> RestartAsync(int camera, CancellationToken ct)
    {
        Task online = watch.NextAsync(camera);
        restart(cameras[camera].Id);
        try
        {
            await online.WaitAsync(OnlineWithin, time, ct).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException)
        {
            throw new DocumentRejectedException(
                ResultCode.Failed,
                $"camera '{cameras[camera].Id}' gave no frame in {OnlineWithin.TotalSeconds} s after its restart; "
                    + CommandedCamera.Describe(status(camera))
            );
        }
    }
}
