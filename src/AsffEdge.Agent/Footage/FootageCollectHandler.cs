using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Commands;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Footage;

/// <summary>Carries out <c>footage.collect</c>: keeps the next frames of a camera, beside what the policies choose but within the budget.</summary>
/// <param name="configuration">The cameras, and whether footage is kept at all.</param>
/// <param name="sink">What chooses; null where none is kept.</param>
/// <param name="writer">What writes; null where none is kept.</param>
/// <param name="status">How a camera, by index, is.</param>
/// <param name="time">The clock.</param>
internal sealed class FootageCollectHandler(
    AgentConfiguration configuration,
    FootageSink? sink,
    FootageWriter? writer,
    Func<int, CameraStatus> status,
    TimeProvider time
) : ICommandHandler
{
    private const double DefaultGapS = 1;

    // Beside the gap that was asked for.
    private static readonly TimeSpan NextWithin = TimeSpan.FromSeconds(20);

    private readonly SharedWork<(int Camera, int Frames, double GapS)> _work = new();

    /// <inheritdoc/>
    public string Name => CommandName.FootageCollect;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
        CommandReader.ReadFootageCollect(payload);

    /// <inheritdoc/>
    public async Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        FootageCollectCommand collect = (FootageCollectCommand)command;
        if (sink is null || writer is null)
        {
            throw Failed("this device keeps no footage (footage.enabled)");
        }

        int camera = CommandedCamera.Find(configuration.Cameras, collect.Camera);
        if (writer.Status.Problem is { } problem)
        {
            throw Failed(problem);
        }

        (int, int Frames, double GapS) key = (
            camera,
            collect.Frames ?? 1,
            collect.GapS ?? DefaultGapS
        );
        CameraCollector collector = sink.Cameras[camera];
        if (collector.Request is { } other && (other.Frames, other.GapS) != (key.Frames, key.GapS))
        {
            throw Failed(
                $"camera '{collect.Camera}' is collecting {other.Frames} frames for somebody else, of which it has {other.Kept}; ask again when it has them"
            );
        }

        await exchange.AcceptAsync(ct).ConfigureAwait(false);
        return _work.Join(key, () => CollectAsync(camera, key.Frames, key.GapS, ct));
    }

    private async Task<string?> CollectAsync(
        int camera,
        int frames,
        double gapS,
        CancellationToken ct
    )
    {
        CollectRequest request = new(frames, gapS);
        CameraCollector collector = sink!.Cameras[camera];
        collector.Request = request;
        try
        {
            TimeSpan patience = NextWithin + TimeSpan.FromSeconds(gapS);
            while (!request.IsOver)
            {
                int before = request.Kept;
                await Task.WhenAny(request.Done, Task.Delay(patience, time, ct))
                    .ConfigureAwait(false);
                ct.ThrowIfCancellationRequested();
                if (!request.IsOver && request.Kept == before)
                {
                    throw Failed(
                        $"{before} of {frames} frames are kept; no further one came in {patience.TotalSeconds} s; "
                            + CommandedCamera.Describe(status(camera))
                    );
                }
            }

            await request.Done.ConfigureAwait(false);
            return null;
        }
        catch (IOException error)
        {
            throw Failed($"{request.Kept} of {frames} frames are kept: {error.Message}");
        }
        finally
        {
            collector.Request = null;
        }
    }

    private static DocumentRejectedException Failed(string detail) =>
        new(ResultCode.Failed, detail);
}
