using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Drawing;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Commands;
using AsffEdge.Messaging;
using MQTTnet;
using MQTTnet.Protocol;
using OpenCvSharp;

namespace AsffEdge.Agent.Snapshots;

/// <summary>Carries out <c>snapshot</c>: publishes the next frame of a camera that is inferred as a JPEG.</summary>
/// <param name="configuration">The cameras and the broker.</param>
/// <param name="topics">The topics.</param>
/// <param name="labels">Class names by class id, for the boxes.</param>
/// <param name="frames">Where the frames come from.</param>
/// <param name="status">How a camera, by index, is.</param>
/// <param name="maxFps">Frames a second at most that the profile of a camera, by index, lets be inferred; null: no cap.</param>
/// <param name="publish">Publishes, and says what became of it.</param>
internal sealed class SnapshotHandler(
    AgentConfiguration configuration,
    Topics topics,
    IReadOnlyList<string> labels,
    FrameTap frames,
    Func<int, CameraStatus> status,
    Func<int, double?> maxFps,
    Func<MqttApplicationMessage, CancellationToken, ValueTask<PublishOutcome>> publish
) : ICommandHandler
{
    private const int JpegQuality = 85;
    private const double LeastPatienceS = 10;

    private readonly SharedWork<(int Camera, bool Boxes)> _work = new();

    /// <inheritdoc/>
    public string Name => CommandName.Snapshot;

    /// <inheritdoc/>
    public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
        CommandReader.ReadSnapshot(payload);

    /// <inheritdoc/>
    public async Task<Task<string?>> BeginAsync(
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        SnapshotCommand snapshot = (SnapshotCommand)command;
        if (!configuration.Snapshots.Enabled)
        {
            throw new DocumentRejectedException(
                ResultCode.Failed,
                "this device shows no pictures (snapshots.enabled)"
            );
        }

        int camera = CommandedCamera.Find(configuration.Cameras, snapshot.Camera);
        bool boxes = snapshot.Boxes ?? false;
        await exchange.AcceptAsync(ct).ConfigureAwait(false);
        return _work.Join((camera, boxes), () => TakeAsync(camera, boxes, ct));
    }

    private async Task<string?> TakeAsync(int camera, bool boxes, CancellationToken ct)
    {
        byte[] jpeg;
        using (FrameCopy frame = await NextFrameAsync(camera, ct).ConfigureAwait(false))
        {
            if (boxes)
            {
                DetectionOverlay.Draw(frame.Picture, frame.Objects, labels);
            }

            jpeg = frame.Picture.ImEncode(
                ".jpg",
                new ImageEncodingParam(ImwriteFlags.JpegQuality, JpegQuality)
            );
        }

        MqttApplicationMessage message = new()
        {
            Topic = topics.Snapshot(configuration.Agent.Id, configuration.Cameras[camera].Id),
            PayloadSegment = jpeg,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
        if (ClientOptions.IsVersion5(configuration.Mqtt))
        {
            message.ContentType = "image/jpeg";
        }

        return await publish(message, ct).ConfigureAwait(false) switch
        {
            PublishOutcome.Taken => null,
            PublishOutcome.TooLarge => throw new DocumentRejectedException(
                ResultCode.TooLarge,
                $"the broker takes no message as large as the picture ({jpeg.Length} bytes) on {message.Topic}"
            ),
            _ => throw new DocumentRejectedException(
                ResultCode.Failed,
                $"the broker did not take the picture ({jpeg.Length} bytes) on {message.Topic}"
            ),
        };
    }

    private async Task<FrameCopy> NextFrameAsync(int camera, CancellationToken ct)
    {
        CameraOptions options = configuration.Cameras[camera];
        double fps = Math.Min(
            options.MaxFps ?? double.PositiveInfinity,
            maxFps(camera) ?? double.PositiveInfinity
        );

        // Slow cameras need longer than others even when all is well.
        TimeSpan patience = TimeSpan.FromSeconds(Math.Max(LeastPatienceS, 2 / fps));
        try
        {
            return await frames.NextAsync(camera, patience, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new DocumentRejectedException(
                ResultCode.Failed,
                $"no frame of camera '{options.Id}' was inferred in {patience.TotalSeconds:F0} s; "
                    + CommandedCamera.Describe(status(camera))
            );
        }
    }
}
